/** How many may be remembered: forgetting one gives it a full bucket again, which is lenient and bounded. */
const MAX_KEYS = 20_000;

interface Bucket {
  tokens: number;
  filledAtMs: number;
}

/** Lets each key do so much a second, and save up some of it: a bucket of tokens a key, in a table of bounded size. */
export class RateLimit {
  readonly #perSecond: number;
  readonly #burst: number;
  readonly #buckets = new Map<string, Bucket>();

  constructor(perSecond: number, burst: number) {
    this.#perSecond = perSecond;
    this.#burst = burst;
  }

  /** Takes tokens, or says after how many seconds there will be enough. */
  take(key: string, cost: number, nowMs: number): { retryAfterSeconds: number } | undefined {
    const bucket = this.#filled(key, nowMs);
    this.#buckets.delete(key);
    // The one that was asked last stands last, so that the first one is the idlest.
    this.#buckets.set(key, bucket);
    if (this.#buckets.size > MAX_KEYS) this.#buckets.delete(this.#buckets.keys().next().value ?? key);
    if (bucket.tokens < cost) return { retryAfterSeconds: Math.max(1, Math.ceil((cost - bucket.tokens) / this.#perSecond)) };
    bucket.tokens -= cost;
    return undefined;
  }

  #filled(key: string, nowMs: number): Bucket {
    const bucket = this.#buckets.get(key) ?? { tokens: this.#burst, filledAtMs: nowMs };
    const gained = (Math.max(0, nowMs - bucket.filledAtMs) / 1000) * this.#perSecond;
    return { tokens: Math.min(this.#burst, bucket.tokens + gained), filledAtMs: nowMs };
  }
}

/** Names whom a limit is for: an IPv4 address, or the /64 of an IPv6 address, which is one household's. */
export function limitKeyOf(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped !== undefined) return mapped;
  if (!address.includes(":")) return address;
  const [head = "", tail] = address.split("::");
  const groups = head.split(":").filter(Boolean);
  const rest = tail?.split(":").filter(Boolean) ?? [];
  const zeros = Array.from({ length: tail === undefined ? 0 : 8 - groups.length - rest.length }, () => "0");
  return [...groups, ...zeros, ...rest].slice(0, 4).join(":");
}
