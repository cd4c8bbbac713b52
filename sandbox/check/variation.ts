import type { JobSpec } from "@parity-protocol/sdk";
import type { ContainerCreateOptions } from "dockerode";
import { isStrict } from "../determinism/strict.ts";

/** What one run of a check has that the job's level has otherwise. No job spec can ask for any of it. */
export interface Variation {
  /** Options of the determinizer that follow, and so replace, those of the level. Of no effect on a level without one. */
  determinizer?: readonly string[];
  /** Variables to set, or with undefined to take away. */
  environment?: Readonly<Record<string, string | undefined>>;
  hostname?: string;
}

/** Merges variations; of those that change the same thing, the last one holds. */
export function together(variations: readonly Variation[]): Variation {
  const hostname = variations.findLast((each) => each.hostname !== undefined)?.hostname;
  return {
    determinizer: variations.flatMap((each) => each.determinizer ?? []),
    environment: Object.assign({}, ...variations.map((each) => each.environment ?? {})),
    ...(hostname === undefined ? {} : { hostname }),
  };
}

/** Applies a variation to the options of a job's container. */
export function vary(options: ContainerCreateOptions, spec: JobSpec, variation: Variation): ContainerCreateOptions {
  return {
    ...options,
    Entrypoint: isStrict(spec) ? withOptions([options.Entrypoint ?? []].flat(), variation.determinizer ?? []) : options.Entrypoint,
    Env: withVariables(options.Env ?? [], variation.environment ?? {}),
    Hostname: variation.hostname ?? options.Hostname,
  };
}

/** The determinizer takes its own options before the first "--". */
function withOptions(entrypoint: readonly string[], added: readonly string[]): string[] {
  const end = entrypoint.indexOf("--");
  return [...entrypoint.slice(0, end), ...added, ...entrypoint.slice(end)];
}

function withVariables(environment: readonly string[], changes: Readonly<Record<string, string | undefined>>): string[] {
  const kept = environment.filter((entry) => !((entry.split("=", 1)[0] ?? "") in changes));
  const added = Object.entries(changes).flatMap(([name, value]) => (value === undefined ? [] : [`${name}=${value}`]));
  return [...kept, ...added].sort();
}
