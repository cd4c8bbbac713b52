import type { Command } from "commander";

/** Whether to check a job before it is posted, as a flag says it. */
export interface CheckOptions {
  check?: boolean;
}

/** Adds the flag that skips the check. */
export function withCheck(command: Command): Command {
  return command.option("--no-check", "do not run the job here first to see whether its output is the same each time");
}
