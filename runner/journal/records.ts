import type { Address, Hex, Sha256Hex, Task, TaskTerms } from "@parity-protocol/sdk";

/** Whose journal it is: one runner address at one escrow of one chain. */
export interface JournalOwner {
  chainId: number;
  escrow: Address;
  runner: Address;
}

/** The last block whose events are in the journal. */
export interface Cursor {
  blockNumber: bigint;
  blockHash: Hex;
}

/** How the gate admitted this runner to a task. */
export interface Admission {
  identity: Hex;
  proof: Hex;
}

/** What was promised before it was sent. The salt is not here: it is derived from the key. */
export interface Promised {
  identity: Hex;
  payee: Address;
  outputHash: Hex;
  commitment: Hex;
}

/** A file of an output in the runner's directory. */
export interface StoredBlob {
  sha256: Sha256Hex;
  bytes: number;
}

/** What an execution left on this disk. */
export interface StoredOutput {
  outputHash: Hex;
  blobs: StoredBlob[];
  durationMs: number;
  isPublished: boolean;
}

/** A transaction that was signed, and perhaps sent, and whose end is not known. */
export interface UnsettledTransaction {
  hash: Hex;
  nonce: number;
  /** The signed transaction: sending it again is harmless. */
  raw: Hex;
  steps: StepOfTransaction[];
}

/** One step of a transaction. */
export interface StepOfTransaction {
  taskId: Hex;
  verb: string;
  /** Unix seconds: in a block of this time or later the step is refused. */
  deadline?: number;
}

/** An image that this runner brought into the engine. */
export interface ImageRecord {
  imageId: string;
  /** The size of its archive. */
  bytes: number;
  /** The sha256 of its archive; unknown for images of older versions. */
  archive?: string;
}

/** What a slot was paid. */
export interface Payout {
  taskId: Hex;
  shareWei: bigint;
  bondWei: bigint;
  blockNumber: bigint;
}

/** What was earned and spent since some moment, in the units of the asset and of the chain's currency. */
export interface Earnings {
  tasks: number;
  sharesWei: bigint;
  feesWei: bigint;
}

/** Everything that the journal knows about a task. */
export interface TaskRecord {
  task: Task;
  admission?: Admission;
  promised?: Promised;
  output?: StoredOutput;
  /** The code of the error that ended the execution for good. */
  failure?: string;
  doneWhy?: string;
}

/** Writes terms as JSON; amounts are decimal strings. */
export function encodeTerms(terms: TaskTerms): string {
  return JSON.stringify(terms, (_, value: unknown) => (typeof value === "bigint" ? value.toString() : value));
}

/** Reads what {@link encodeTerms} wrote. */
export function decodeTerms(text: string): TaskTerms {
  const raw = JSON.parse(text) as Record<keyof TaskTerms, never>;
  return { ...(raw as unknown as TaskTerms), bountyWei: BigInt(raw.bountyWei), bondWei: BigInt(raw.bondWei), nonce: BigInt(raw.nonce) };
}
