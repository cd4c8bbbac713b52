import { phaseOf, revealsUntil } from "@parity-protocol/sdk";
import type { TaskStatus } from "../telemetry/status.ts";
import type { Situation, Step } from "./next-step.ts";

/** Says for people where a task stands: what is done about it now, and the time that matters next. */
export function standingOf(taskId: TaskStatus["taskId"], situation: Situation, step: Step): TaskStatus {
  const { state, terms, slot, hasRevealed, now } = situation;
  return {
    taskId,
    step: step.kind === "wait" || step.kind === "done" ? step.why : step.kind,
    slot: hasRevealed ? "revealed" : slot,
    deadline: phaseOf(state, now) === "OPEN" ? state.closesAt : revealsUntil(state),
    shareWei: (terms.bountyWei / BigInt(terms.slots)).toString(),
    bondWei: terms.bondWei.toString(),
  };
}
