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
  /** Lets the determinizer see the calls that the level says do not exist, so that it can name them. */
  seesMissingCalls?: boolean;
}

/** Merges variations; of those that change the same thing, the last one holds. */
export function together(variations: readonly Variation[]): Variation {
  const hostname = variations.findLast((each) => each.hostname !== undefined)?.hostname;
  return {
    determinizer: variations.flatMap((each) => each.determinizer ?? []),
    environment: Object.assign({}, ...variations.map((each) => each.environment ?? {})),
    ...(hostname === undefined ? {} : { hostname }),
    seesMissingCalls: variations.some((each) => each.seesMissingCalls),
  };
}

/** Applies a variation to the options of a job's container. */
export function vary(options: ContainerCreateOptions, spec: JobSpec, variation: Variation): ContainerCreateOptions {
  const security = options.HostConfig?.SecurityOpt ?? [];
  return {
    ...options,
    Entrypoint: isStrict(spec) ? withOptions([options.Entrypoint ?? []].flat(), variation.determinizer ?? []) : options.Entrypoint,
    Env: withVariables(options.Env ?? [], variation.environment ?? {}),
    Hostname: variation.hostname ?? options.Hostname,
    HostConfig: { ...options.HostConfig, SecurityOpt: variation.seesMissingCalls ? security.map(traceMissing) : security },
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

interface Profile {
  syscalls: { action: string; errnoRet?: number }[];
}

/** Calls that an engine's filter answers never reach the determinizer, which answers the same. */
function traceMissing(option: string): string {
  if (!option.startsWith("seccomp={")) return option;
  const profile = JSON.parse(option.slice("seccomp=".length)) as Profile;
  const syscalls = profile.syscalls.map(({ errnoRet, ...rule }) => (errnoRet === undefined ? rule : { ...rule, action: "SCMP_ACT_TRACE" }));
  return `seccomp=${JSON.stringify({ ...profile, syscalls })}`;
}
