import { phaseOf } from "@parity-protocol/sdk";
import { gasOfTask } from "../chain/gas-tank.ts";
import type { Situation } from "./next-step.ts";

/** What each step needs at most, of the four that a task takes. */
const gasOfStep = gasOfTask / 4n;

/** Counts the gas that a task still needs: a step each for the commitment, the reveal and the claim that are not made yet. */
export function gasAheadOf({ slot, hasRevealed, state, now }: Pick<Situation, "slot" | "hasRevealed" | "state" | "now">): bigint {
  if (slot === "reserved") return phaseOf(state, now) === "OPEN" ? 3n * gasOfStep : gasOfStep;
  if (slot === "committed") return hasRevealed ? gasOfStep : 2n * gasOfStep;
  return 0n;
}
