import type { Address, Hex } from "viem";

export type { Address, Hex } from "viem";

/** The address that stands for "no gate" and for the native asset. */
export const zeroAddress: Address = "0x0000000000000000000000000000000000000000";

/** What a submitter offers and asks for (docs/protocol.md, "Task"). Every field is bound by the task id. */
export interface TaskTerms {
  /** In the asset's smallest unit; shared by the matching runners. */
  bountyWei: bigint;
  /** Deposit for a slot, in the asset's smallest unit; returned to every revealer. */
  bondWei: bigint;
  /** n, 1 to 24. */
  slots: number;
  /** q; more than half of the slots. */
  quorum: number;
  /** Unix seconds, by the chain's clock. */
  commitDeadline: number;
  /** Seconds between the close of commits and the first reveal: room for finality. */
  revealDelaySeconds: number;
  /** Seconds during which reveals are accepted. */
  revealWindowSeconds: number;
  /** The contract that admits runners; the zero address admits anyone. */
  gate: Address;
  /** sha256 of the canonical job spec, 0x-hex, 32 bytes. */
  jobHash: Hex;
  /** Tells two otherwise equal tasks of one submitter apart. */
  nonce: bigint;
}

/** Names a task and proves who submitted it; its hash is the task id. */
export interface TaskKey {
  submitter: Address;
  /** 0x-hex, 32 bytes. */
  termsHash: Hex;
}

/** What a commitment hides until the reveal. */
export interface Opening {
  /** 0x-hex, 32 bytes. */
  identity: Hex;
  /** Paid, whoever calls. */
  payee: Address;
  /** sha256 of the output manifest, 0x-hex, 32 bytes. */
  outputHash: Hex;
  /** 256 secret bits, 0x-hex, 32 bytes. */
  salt: Hex;
}

/** The phases of a task, in the order of the contract's enum. DEAD, ACCEPTED and VOID are terminal. */
export const phases = ["NONE", "OPEN", "DEAD", "SEALED", "REVEALING", "ACCEPTED", "VOID"] as const;

export type Phase = (typeof phases)[number];

/** The phases that nothing leaves. */
export type TerminalPhase = "DEAD" | "ACCEPTED" | "VOID";

/** The stored facts of a task: everything that its phase depends on, besides the clock. */
export interface TaskState {
  bountyWei: bigint;
  /** Unix seconds: the commit deadline, pulled forward to the moment when the last slot committed. */
  closesAt: number;
  revealDelaySeconds: number;
  revealWindowSeconds: number;
  slots: number;
  quorum: number;
  /** How many slots are taken. */
  reserved: number;
  /** How many slots hold a commitment. */
  committed: number;
  /** Revealed votes of the leading output hash: the first that was revealed, or the one that reached the quorum. */
  leadingVotes: number;
  /** Bits that the contract keeps; `isReclaimed` reads one. */
  flags: number;
  /** Bit i is set when the slot with number i + 1 has revealed. */
  revealedMask: number;
}

/** One runner's place in a task. */
export interface Slot {
  /** Counted from 1. */
  number: number;
  /** The commitment, 0x-hex, 31 bytes; absent while the slot is only reserved. */
  commitment?: Hex;
  /** The address that reserved the slot; absent once there is a commitment. */
  reservedBy?: Address;
}

/** A task as its `TaskPosted` event tells it, checked against its id. */
export interface Task {
  /** 0x-hex, 32 bytes. */
  taskId: Hex;
  key: TaskKey;
  submitter: Address;
  terms: TaskTerms;
  /** Where the blobs may be found. Chosen by the submitter: never trusted. */
  location: string;
  /** The block that posted it. */
  blockNumber: bigint;
}
