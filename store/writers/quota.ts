import { type Address, ParityError } from "@parity-protocol/sdk";

/** How much may be written a day (UTC) by those who sign their writes, in bytes. */
export interface QuotaTerms {
  /** By one address, which is a submitter's: outputs of its tasks count as its own. */
  addressBytes: number;
  /** By all addresses together that have never posted a task: making addresses costs nothing. */
  unprovenBytes: number;
  /** By all addresses together, so that the owner's share of the disk cannot be filled by others in a day. */
  signedBytes: number;
}

/** What was written on one day. */
export interface QuotaRecord {
  /** Days since 1970. */
  day: number;
  unprovenBytes: number;
  signedBytes: number;
  addresses: [Address, number][];
}

const DAY_SECONDS = 86_400;
/** The sums bound the rest: forgetting what one of very many addresses wrote gives away little. */
const MAX_ADDRESSES = 10_000;

/** Counts what signed writes take of the day. */
export class Quota {
  readonly #terms: QuotaTerms;
  #day = 0;
  #unprovenBytes = 0;
  #signedBytes = 0;
  readonly #addresses = new Map<Address, number>();

  constructor(terms: QuotaTerms, record?: QuotaRecord) {
    this.#terms = terms;
    if (!record) return;
    this.#day = record.day;
    this.#unprovenBytes = record.unprovenBytes;
    this.#signedBytes = record.signedBytes;
    for (const [address, bytes] of record.addresses.slice(0, MAX_ADDRESSES)) this.#addresses.set(address, bytes);
  }

  /**
   * Charges a write before it is made; returns how to give it back where it comes to nothing.
   * @param now unix seconds
   * @throws STORE_QUOTA_EXCEEDED
   */
  charge({ address, bytes, isProven }: { address: Address; bytes: number; isProven: boolean }, now: number): () => void {
    this.#begin(Math.floor(now / DAY_SECONDS));
    const key = address.toLowerCase() as Address;
    const taken = this.#addresses.get(key) ?? 0;
    this.#require(taken + bytes, this.#terms.addressBytes, `${address} may write`);
    if (!isProven)
      this.#require(this.#unprovenBytes + bytes, this.#terms.unprovenBytes, "addresses that never posted a task may write together");
    this.#require(this.#signedBytes + bytes, this.#terms.signedBytes, "signed writes may take together");
    const day = this.#day;
    this.#add(key, bytes, isProven);
    return () => {
      if (day === this.#day) this.#add(key, -bytes, isProven);
    };
  }

  /** What is counted now, to be kept over a restart. */
  get record(): QuotaRecord {
    return { day: this.#day, unprovenBytes: this.#unprovenBytes, signedBytes: this.#signedBytes, addresses: [...this.#addresses] };
  }

  #begin(day: number): void {
    if (day === this.#day) return;
    this.#day = day;
    this.#unprovenBytes = 0;
    this.#signedBytes = 0;
    this.#addresses.clear();
  }

  #require(bytes: number, maxBytes: number, who: string): void {
    if (bytes <= maxBytes) return;
    throw new ParityError(
      "STORE_QUOTA_EXCEEDED",
      `This store's limit for the day is reached: ${who} ${maxBytes} bytes, this would make ${bytes}.`,
      {
        details: { bytes, maxBytes },
      },
    );
  }

  #add(key: Address, bytes: number, isProven: boolean): void {
    const oldest = this.#addresses.keys().next().value;
    if (!this.#addresses.has(key) && this.#addresses.size >= MAX_ADDRESSES && oldest) this.#addresses.delete(oldest);
    this.#addresses.set(key, Math.max(0, (this.#addresses.get(key) ?? 0) + bytes));
    this.#signedBytes += bytes;
    if (!isProven) this.#unprovenBytes += bytes;
  }
}
