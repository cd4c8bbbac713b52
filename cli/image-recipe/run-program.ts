import { execFile } from "node:child_process";
import { ParityError } from "@parity-protocol/sdk";
import { inheritedEnvironment } from "../config.ts";

const MOST_OUTPUT_BYTES = 16 * 1024 * 1024;
const SHOWN_LINES = 8;

/** A program of this machine, and where to run it. */
export interface ProgramCall {
  program: string;
  args: readonly string[];
  directory: string;
  /** Added to this machine's environment. */
  environment?: Readonly<Record<string, string>>;
  signal?: AbortSignal | undefined;
}

/** What a program printed and how it ended. */
export interface ProgramEnd {
  code: number;
  stdout: string;
  stderr: string;
}

/** Runs a program to its end. @throws PACKAGES_UNAVAILABLE when it is not on this machine */
export async function runProgram({ program, args, directory, environment, signal }: ProgramCall): Promise<ProgramEnd> {
  const options = {
    cwd: directory,
    env: { ...inheritedEnvironment(), LC_ALL: "C", ...environment },
    maxBuffer: MOST_OUTPUT_BYTES,
    ...(signal ? { signal } : {}),
  };
  return new Promise((resolve, reject) => {
    execFile(program, args, options, (error, stdout, stderr) => {
      if (signal?.aborted) return reject(signal.reason);
      if (!error) return resolve({ code: 0, stdout, stderr });
      if (typeof error.code === "number") return resolve({ code: error.code, stdout, stderr });
      reject(new ParityError("PACKAGES_UNAVAILABLE", `${program} cannot be run: ${error.message}`, { cause: error }));
    });
  });
}

/** Runs a program that must succeed. @throws PACKAGES_UNAVAILABLE with the end of what it said */
export async function runOrFail(call: ProgramCall, what: string): Promise<string> {
  const end = await runProgram(call);
  if (end.code === 0) return end.stdout;
  throw new ParityError("PACKAGES_UNAVAILABLE", `${what}: ${call.program} ended with ${end.code}:\n${lastLines(end.stderr || end.stdout)}`);
}

/** The last lines of what a program said. */
export function lastLines(text: string): string {
  return text.trimEnd().split("\n").slice(-SHOWN_LINES).join("\n");
}
