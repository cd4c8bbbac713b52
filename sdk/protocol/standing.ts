import type { Hex, Phase, TaskState } from "./types.ts";

/** How far a runner got in a task, in one word. "kept": a DEAD task in which it did what it could. */
export type Standing = "reserved" | "committed" | "revealed" | "matched" | "mismatched" | "no-show" | "kept";

/** What the standing of a slot depends on, besides its task. */
export interface StandingParameters {
  hasCommitted: boolean;
  /** What the slot revealed, 0x-hex, 32 bytes; absent before the reveal. */
  revealedHash?: Hex;
  /** Of its task. */
  phase: Phase;
  state: TaskState;
  /** The task's result, once it is decided. */
  result: { isDecided: boolean; outputHash: Hex };
}

/** Says how far a runner got: the words for what the contract pays and strikes (docs/protocol.md, "Strikes"). */
export function standingOf({ hasCommitted, revealedHash, phase, state, result }: StandingParameters): Standing {
  if (phase === "DEAD") return hasCommitted || state.committed === 0 ? "kept" : "no-show";
  if (revealedHash) return answerStanding(revealedHash, result);
  if (phase === "ACCEPTED" || phase === "VOID") return "no-show";
  return hasCommitted ? "committed" : "reserved";
}

function answerStanding(revealedHash: Hex, { isDecided, outputHash }: StandingParameters["result"]): Standing {
  if (!isDecided) return "revealed";
  return revealedHash === outputHash ? "matched" : "mismatched";
}
