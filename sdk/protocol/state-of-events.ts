import { isDecided } from "./phase.ts";
import type { TaskEvent } from "./task-event.ts";
import { type Hex, type TaskState, type TaskTerms, zeroAddress } from "./types.ts";

/** TaskState.flags: the task has a gate or a bond. */
const HAS_ADMISSION = 1;
/** TaskState.flags: the submitter has taken back what nobody earned. */
const IS_RECLAIMED = 2;

const zeroHash: Hex = `0x${"00".repeat(32)}`;

/** What a task's events amount to. */
export interface FoldedTask {
  state: TaskState;
  /** Undecided: the hash is zero. */
  result: { isDecided: boolean; outputHash: Hex; matching: number };
}

/**
 * Folds a task's events, in the chain's order, into what the contract's `taskOf` and `resultOf` say after them: for who holds many
 * tasks and does not want to ask for each.
 * @param closedAt the time, unix seconds, of the block with the last slot's commitment; it matters only once every slot committed
 */
export function stateOfEvents(terms: TaskTerms, events: readonly TaskEvent[], closedAt: number): FoldedTask {
  const slots = new Map<Hex, number>();
  const votes = new Map<Hex, number>();
  let [committed, revealedMask] = [0, 0];
  let leader: Hex | undefined; // not zero for none: a liar can reveal zero
  let flags = terms.gate !== zeroAddress || terms.bondWei !== 0n ? HAS_ADMISSION : 0;
  for (const { name, args } of events) {
    if (name === "SlotReserved" || name === "ResultCommitted") slots.set(args.identity, args.slot);
    if (name === "ResultCommitted") committed += 1;
    if (name === "BountyReclaimed") flags |= IS_RECLAIMED;
    if (name !== "ResultRevealed") continue;
    revealedMask |= 1 << ((slots.get(args.identity) ?? 1) - 1);
    const count = (votes.get(args.outputHash) ?? 0) + 1;
    votes.set(args.outputHash, count);
    // The first hash leads until another has a quorum: as QuorumTally counts.
    if (leader === undefined || count >= terms.quorum) leader = args.outputHash;
  }
  const { bountyWei, revealDelaySeconds, revealWindowSeconds, quorum } = terms;
  const closesAt = committed === terms.slots ? closedAt : terms.commitDeadline;
  const counts = { slots: terms.slots, quorum, reserved: slots.size, committed, leadingVotes: (leader && votes.get(leader)) ?? 0 };
  const state = { bountyWei, closesAt, revealDelaySeconds, revealWindowSeconds, ...counts, flags, revealedMask };
  const decided = isDecided(state);
  return { state, result: { isDecided: decided, outputHash: (decided && leader) || zeroHash, matching: state.leadingVotes } };
}
