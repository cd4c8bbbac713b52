import { type Address, type Hex, identityOf, type JobSpec } from "@parity-protocol/sdk";
import type { Admission } from "../journal/records.ts";
import type { Situation } from "./next-step.ts";

/** What a life remembers of its task between two looks. All of it can be found out again. */
export interface TaskMemory {
  readonly taskId: Hex;
  verdict: Situation["verdict"];
  admission?: Admission;
  /** The job, once it is fetched and verified and its image is in the engine. */
  spec?: JobSpec;
  /** The block that this runner's last transaction is in: facts from before it are stale. */
  notBefore: bigint;
  /** Gas that this task still needs, to its end: nothing before a slot is asked for. */
  gasAhead: bigint;
  /** Calls in a row that the escrow refused. */
  refusals: number;
}

/** Begins with nothing known. */
export function createTaskMemory(taskId: Hex): TaskMemory {
  return { taskId, verdict: "pending", notBefore: 0n, gasAhead: 0n, refusals: 0 };
}

/** Under which identity the runner takes part; the one that an open task gives it, until a gate has named another. */
export function identityIn({ admission }: TaskMemory, runner: Address): Hex {
  return admission?.identity ?? identityOf(runner);
}
