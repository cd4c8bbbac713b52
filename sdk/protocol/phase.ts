import type { Phase, TaskState, TerminalPhase } from "./types.ts";

/**
 * Derives a task's phase from its stored facts and the time: the mirror of TaskPhase.sol (docs/protocol.md, "Phases").
 * @param now unix seconds, by the chain's clock: never the local one
 */
export function phaseOf(state: TaskState, now: number): Phase {
  if (state.bountyWei === 0n) return "NONE";
  if (now < state.closesAt) return "OPEN";
  if (state.committed < state.quorum) return "DEAD";
  const isComplete = revealedCount(state) === state.committed;
  if (isComplete || now >= revealsUntil(state)) return isDecided(state) ? "ACCEPTED" : "VOID";
  return now < revealsFrom(state) ? "SEALED" : "REVEALING";
}

/** Says whether some output hash has a quorum of revealed votes. Once true, it stays true. */
export function isDecided(state: TaskState): boolean {
  return state.leadingVotes !== 0 && state.leadingVotes >= state.quorum;
}

/** Says whether nothing leaves this phase. */
export function isTerminal(phase: Phase): phase is TerminalPhase {
  return phase === "DEAD" || phase === "ACCEPTED" || phase === "VOID";
}

/** TaskState.flags: the submitter has taken back what nobody earned. */
const IS_RECLAIMED = 2;

/** Says whether the submitter has taken back what nobody earned. */
export function isReclaimed(state: TaskState): boolean {
  return (state.flags & IS_RECLAIMED) !== 0;
}

/** Counts the slots that have revealed. */
export function revealedCount(state: TaskState): number {
  let count = 0;
  for (let rest = state.revealedMask; rest !== 0; rest &= rest - 1) count += 1;
  return count;
}

/** Says whether the slot with this number (counted from 1) has revealed. */
export function hasRevealed(state: TaskState, slotNumber: number): boolean {
  return ((state.revealedMask >>> (slotNumber - 1)) & 1) === 1;
}

/** The first second, unix, in which a reveal is accepted. */
export function revealsFrom(state: TaskState): number {
  return state.closesAt + state.revealDelaySeconds;
}

/** The first second, unix, in which no reveal is accepted any more. */
export function revealsUntil(state: TaskState): number {
  return revealsFrom(state) + state.revealWindowSeconds;
}

/** A change of phase that happens by time alone. */
export interface PhaseChange {
  /** Unix seconds. */
  at: number;
  phase: Phase;
}

/** Finds the next change of phase that time alone brings, if nobody acts; undefined where time changes nothing any more. */
export function nextPhaseChange(state: TaskState, now: number): PhaseChange | undefined {
  const ends: Partial<Record<Phase, number>> = { OPEN: state.closesAt, SEALED: revealsFrom(state), REVEALING: revealsUntil(state) };
  const at = ends[phaseOf(state, now)];
  return at === undefined ? undefined : { at, phase: phaseOf(state, at) };
}
