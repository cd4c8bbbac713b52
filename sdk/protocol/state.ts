import type { TaskState } from "./types.ts";

/** A task's stored facts under the contract's names. */
export interface ContractTaskState {
  bounty: bigint;
  closesAt: number;
  revealDelay: number;
  revealWindow: number;
  slots: number;
  quorum: number;
  reserved: number;
  committed: number;
  leadingVotes: number;
  flags: number;
  revealedMask: number;
}

/** Renames the stored facts that a contract's view returns. */
export function fromContractState(state: ContractTaskState): TaskState {
  const { bounty, revealDelay, revealWindow, ...same } = state;
  return { ...same, bountyWei: bounty, revealDelaySeconds: revealDelay, revealWindowSeconds: revealWindow };
}
