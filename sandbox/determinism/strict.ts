import type { JobSpec } from "@parity-protocol/sdk";
import { strictSeccomp } from "./seccomp.ts";

/**
 * What `strict@1` adds to `standard@1`: a filter of system calls, and the determinizer as the job's process 1. Every value here, and the
 * determinizer itself, is part of the level.
 */
const determinizerPath = "/.parity/determinizer";

/** When a strict job's clock starts, in unix seconds: 2030-01-01, later than the files of any image, so that nothing in it lies in the future. */
export const strictClockStart = 1_893_456_000;

/** Whether a job asks for the strict level. */
export function isStrict(spec: JobSpec): boolean {
  return spec.determinism.level === "strict@1";
}

/** Returns the program and arguments of a strict job's container: the determinizer, which starts the command. */
export function strictEntrypoint(spec: JobSpec): string[] {
  const { cpus, memoryBytes } = spec.limits;
  const machine = ["--cpus", `${cpus}`, "--memory", `${memoryBytes}`];
  return [determinizerPath, "--epoch", `${strictClockStart}`, "--seed", spec.determinism.seed, ...machine, "--", ...spec.command];
}

/** The security options of a strict job's container. */
export const strictSecurity: readonly string[] = ["no-new-privileges", `seccomp=${JSON.stringify(strictSeccomp)}`];

/** Binds the determinizer, which lies at `path` in the engine, into the job. */
export function determinizerBind(path: string): string {
  return `${path}:${determinizerPath}:ro`;
}
