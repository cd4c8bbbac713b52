/** The phases that nothing leaves. */
export type Ending = "accepted" | "void" | "dead";

/** What a task's phase depends on, besides the clock. */
export interface PhaseFacts {
  quorum: number;
  committed: number;
  revealed: number;
  isDecided: boolean;
  /** Unix seconds. */
  closesAt: number;
  revealSeconds: number;
}

/** Where a task ends unless something more happens to it, and from which second on, unix: phaseOf of the SDK (docs/protocol.md, "Phases"), for all times at once. */
export function endingOf({ quorum, committed, revealed, isDecided, closesAt, revealSeconds }: PhaseFacts): {
  ending: Ending;
  endsAt: number;
} {
  if (committed < quorum) return { ending: "dead", endsAt: closesAt };
  const endsAt = revealed === committed ? closesAt : closesAt + revealSeconds;
  return { ending: isDecided ? "accepted" : "void", endsAt };
}
