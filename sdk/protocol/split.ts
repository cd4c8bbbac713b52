import { revealedCount } from "./phase.ts";
import type { Phase, TaskState } from "./types.ts";

/** What one slot is owed, in the asset's smallest unit. */
export interface Payout {
  /** The slot's part of the bounty; 0 unless it matched in an accepted task. */
  shareWei: bigint;
  /** The slot's own bond and its part of the forfeited ones. */
  bondWei: bigint;
}

/** What a split depends on besides the slot. */
export interface SplitParameters {
  state: TaskState;
  /** A terminal phase; in any other, nothing is owed yet. */
  phase: Phase;
  /** The bond of one slot. */
  bondWei: bigint;
}

/** Computes what each matching runner gets of the bounty: floor(bounty / matching); 0 when nobody matched. */
export function shareOf({ bountyWei, matching }: { bountyWei: bigint; matching: number }): bigint {
  return matching === 0 ? 0n : bountyWei / BigInt(matching);
}

/** Counts the slots whose bonds go home: the revealers, or in a dead task those who committed (all, if nobody did). */
function keeperCount(state: TaskState, phase: Phase): number {
  if (phase !== "DEAD") return revealedCount(state);
  return state.committed === 0 ? state.reserved : state.committed;
}

/** Computes what a slot that kept its promise gets back: its own bond and floor(forfeits / keepers). */
export function bondReturnOf({ state, phase, bondWei }: SplitParameters): bigint {
  const keepers = keeperCount(state, phase);
  if (keepers === 0) return 0n;
  return bondWei + (bondWei * BigInt(state.reserved - keepers)) / BigInt(keepers);
}

/** Computes what a slot that revealed is owed once the task is closed (docs/protocol.md, "Money"). */
export function payoutOf(parameters: SplitParameters & { isMatching: boolean }): Payout {
  const { state, phase, isMatching } = parameters;
  const isPaid = phase === "ACCEPTED" && isMatching;
  return {
    shareWei: isPaid ? shareOf({ bountyWei: state.bountyWei, matching: state.leadingVotes }) : 0n,
    bondWei: bondReturnOf(parameters),
  };
}

/** Computes what the submitter can reclaim: the whole bounty without a result, else the dust; and bonds that nobody earned. */
export function reclaimableOf(parameters: SplitParameters): bigint {
  const { state, phase, bondWei } = parameters;
  const keepers = BigInt(keeperCount(state, phase));
  const spentOnBonds = bondReturnOf(parameters) * keepers;
  const matching = phase === "ACCEPTED" ? state.leadingVotes : 0;
  const spentOnShares = shareOf({ bountyWei: state.bountyWei, matching }) * BigInt(matching);
  return state.bountyWei - spentOnShares + bondWei * BigInt(state.reserved) - spentOnBonds;
}
