import path from "node:path";
import { type Address, type Hex, identityOf } from "@parity-protocol/sdk";
import type { RunnerPlan } from "../../cli/local-network/runner-program.ts";
import type { LocalNetwork } from "../../cli/local-network/start-local-network.ts";
import type { Context } from "../../cli/program/context.ts";
import type { Traces } from "./traces.ts";

const at = (program: string) => path.join(import.meta.dirname, program);

/** Who takes part, and what they are up to. */
export const cast: readonly (RunnerPlan & { role: string })[] = [
  { name: "ada", role: "honest" },
  { name: "ben", role: "honest" },
  { name: "cleo", role: "honest" },
  { name: "liar", role: "alters what its job wrote, then commits to that", program: at("liar.ts") },
  { name: "copier", role: "does no work: re-submits another runner's commitment", program: at("copier.ts") },
];

/** What all parts of the demo share. */
export interface Stage {
  directory: string;
  local: LocalNetwork;
  context: Context;
  submitter: Address;
  traces: Traces;
  signal: AbortSignal;
}

/** The address of a runner by its name. */
export function addressOf({ runners }: LocalNetwork, name: string): Address {
  return runners.find((runner) => runner.name === name)?.address ?? "0x";
}

/** The name of a runner by its identity, which this gate's list takes from its address. */
export function nameOf({ runners }: LocalNetwork, identity: Hex): string {
  return runners.find((runner) => identityOf(runner.address) === identity.toLowerCase())?.name ?? identity;
}
