import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";

const program = path.resolve(import.meta.dirname, "../../../cli/bin/parity.js");

/** What a finished `parity` process said. */
export interface Finished {
  code: number;
  stdout: string;
  stderr: string;
  /** The JSON lines of stdout. */
  records: Record<string, unknown>[];
  /** The error that --json printed on stderr. */
  error: { code: string; message: string; hint: string } | undefined;
}

/** Runs `parity --json` with nothing of this process's environment that could name a network or a key. */
export async function parity(
  args: readonly string[],
  options: { cwd: string; env?: Record<string, string>; stdin?: string },
): Promise<Finished> {
  const child = spawn(process.execPath, [program, ...args, "--json"], { cwd: options.cwd, env: cleanEnvironment(options.env) });
  const [out, err]: string[][] = [[], []];
  child.stdout.setEncoding("utf8").on("data", (text: string) => out?.push(text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => err?.push(text));
  child.stdin.end(options.stdin ?? "");
  const code = await new Promise<number>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (status) => resolve(status ?? -1));
  });
  const [stdout, stderr] = [(out ?? []).join(""), (err ?? []).join("")];
  const errors = jsonLines(stderr).flatMap((line) => (line.error ? [line.error as NonNullable<Finished["error"]>] : []));
  return { code, stdout, stderr, records: jsonLines(stdout), error: errors[0] };
}

/** The environment of a newcomer: PATH, HOME and the engine. */
export function cleanEnvironment(extra: Record<string, string> = {}): NodeJS.ProcessEnv {
  const { PATH, HOME, DOCKER_HOST } = process.env;
  return { PATH, HOME, ...(DOCKER_HOST ? { DOCKER_HOST } : {}), ...extra };
}

/** Makes a folder that is gone after the test. */
export function temporaryFolder(): { path: string; remove(): void } {
  const folder = mkdtempSync(path.join(os.tmpdir(), "parity-test-"));
  return { path: folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

function jsonLines(text: string): Record<string, unknown>[] {
  return text
    .split("\n")
    .filter((line) => line.startsWith("{"))
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}
