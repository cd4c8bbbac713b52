import type { Opening, TaskState, TaskTerms } from "@parity-protocol/sdk";

const anyAddress = "0x00000000000000000000000000000000000000a1";
const anyHash = `0x${"11".repeat(32)}` as const;

/** Valid terms: 5 slots, quorum 3, a bond, no gate. */
export function anyTerms(change: Partial<TaskTerms> = {}): TaskTerms {
  return {
    bountyWei: 1_000_000n,
    bondWei: 1_000n,
    slots: 5,
    quorum: 3,
    commitDeadline: 2_000_000_000,
    revealDelaySeconds: 12,
    revealWindowSeconds: 60,
    gate: "0x0000000000000000000000000000000000000000",
    jobHash: anyHash,
    nonce: 0n,
    ...change,
  };
}

/** The stored facts of a task that was just posted: 5 slots, quorum 3, closing at second 1000, reveals from 1010 until 1110. */
export function anyState(change: Partial<TaskState> = {}): TaskState {
  return {
    bountyWei: 1_000n,
    closesAt: 1_000,
    revealDelaySeconds: 10,
    revealWindowSeconds: 100,
    slots: 5,
    quorum: 3,
    reserved: 0,
    committed: 0,
    leadingVotes: 0,
    flags: 0,
    revealedMask: 0,
    ...change,
  };
}

/** An opening of some runner. */
export function anyOpening(change: Partial<Opening> = {}): Opening {
  return {
    identity: `0x${"22".repeat(32)}`,
    payee: anyAddress,
    outputHash: `0x${"33".repeat(32)}`,
    salt: `0x${"44".repeat(32)}`,
    ...change,
  };
}
