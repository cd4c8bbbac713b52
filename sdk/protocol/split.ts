import { revealedCount } from "./phase.ts";
import type { Phase, TaskState } from "./types.ts";

/** Computes what each matching runner earns of the bounty, rounded down; 0 unless the task was accepted. */
export function shareOf(state: TaskState, phase: Phase): bigint {
  return phase === "ACCEPTED" ? state.bountyWei / BigInt(state.leadingVotes) : 0n;
}

/** Computes what is left of the bounty for the submitter. */
export function unearnedBountyOf(state: TaskState, phase: Phase): bigint {
  return phase === "ACCEPTED" ? state.bountyWei % BigInt(state.leadingVotes) : state.bountyWei;
}

/**
 * Counts the slots that get their bond back: the revealers; in a DEAD task, where nobody could reveal, those who committed, or
 * everybody if nobody did.
 */
export function bondEarners(state: TaskState, phase: Phase): number {
  if (phase !== "DEAD") return revealedCount(state);
  return state.committed === 0 ? state.reserved : state.committed;
}

/** Computes what a slot that keeps its bond gets back: the bond and its part of the forfeited ones, rounded down. */
export function bondPayoutOf(state: TaskState, phase: Phase, bondWei: bigint): bigint {
  const earners = BigInt(bondEarners(state, phase));
  return earners === 0n ? 0n : bondWei + ((BigInt(state.reserved) - earners) * bondWei) / earners;
}

/** Computes what is left of the forfeited bonds for the submitter: the remainder, or all of them where nobody earned any. */
export function unearnedForfeitsOf(state: TaskState, phase: Phase, bondWei: bigint): bigint {
  const earners = BigInt(bondEarners(state, phase));
  const forfeits = (BigInt(state.reserved) - earners) * bondWei;
  return earners === 0n ? forfeits : forfeits % earners;
}

/** What one slot is owed, in the asset's smallest unit. */
export interface Payout {
  shareWei: bigint;
  /** The deposit and a part of the forfeited ones. */
  bondWei: bigint;
}

/** The facts of one slot that its payout depends on, in a closed task. */
export interface PayoutParameters {
  state: TaskState;
  /** DEAD, ACCEPTED or VOID. */
  phase: Phase;
  /** The bond of one slot, as the task asked for it. */
  bondWei: bigint;
  hasCommitted: boolean;
  hasRevealed: boolean;
  /** Whether what it revealed is the task's result. */
  isMatching: boolean;
}

/** Computes what `claimPayout` pays for a slot (docs/protocol.md, "Money"). */
export function payoutOf({ state, phase, bondWei, hasCommitted, hasRevealed, isMatching }: PayoutParameters): Payout {
  const keptItsPromise = phase === "DEAD" ? hasCommitted || state.committed === 0 : hasRevealed;
  return {
    shareWei: hasRevealed && isMatching ? shareOf(state, phase) : 0n,
    bondWei: keptItsPromise && bondWei > 0n ? bondPayoutOf(state, phase, bondWei) : 0n,
  };
}

/** Computes what `reclaimBounty` returns to the submitter. */
export function reclaimableOf(state: TaskState, phase: Phase, bondWei: bigint): bigint {
  return unearnedBountyOf(state, phase) + unearnedForfeitsOf(state, phase, bondWei);
}
