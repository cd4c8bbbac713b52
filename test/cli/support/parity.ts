import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { setTimeout as pause } from "node:timers/promises";

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

/** Where and with what a command runs. */
export interface Surroundings {
  cwd: string;
  env?: Record<string, string>;
  stdin?: string;
}

/** Runs `parity --json` with nothing of this process's environment that could name a network or a key. */
export function parity(args: readonly string[], surroundings: Surroundings): Promise<Finished> {
  return startParity(args, surroundings).finished;
}

/** Starts `parity --json`; `firstRecord` resolves when it has said something on stdout. */
export function startParity(args: readonly string[], { cwd, env, stdin = "" }: Surroundings) {
  const child = spawn(process.execPath, [program, ...args, "--json"], { cwd, env: cleanEnvironment(env) });
  let [stdout, stderr] = ["", ""];
  const firstRecord = new Promise<void>((resolve) => child.stdout.once("data", () => resolve()));
  child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
  child.stdin.end(stdin);
  const finished = new Promise<Finished>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => resolve(finishedOf(code ?? -1, stdout, stderr)));
  });
  return { child, firstRecord, finished };
}

function finishedOf(code: number, stdout: string, stderr: string): Finished {
  const errors = jsonLines(stderr).flatMap((line) => (line.error ? [line.error as NonNullable<Finished["error"]>] : []));
  return { code, stdout, stderr, records: jsonLines(stdout), error: errors[0] };
}

/** A `parity up` that is ready. */
export interface UpProcess {
  ready: Record<string, unknown>;
  /** The processes that it started. */
  childPids(): number[];
  /** Sends it a signal and waits for its end; resolves to its exit code. */
  kill(signal: NodeJS.Signals): Promise<number>;
  stop(): Promise<void>;
}

/** Starts `parity up --json` and waits until it says that it is ready. */
export async function startUp(cwd: string, args: readonly string[]): Promise<UpProcess> {
  const child = spawn(process.execPath, [program, "up", ...args, "--json"], {
    cwd,
    env: cleanEnvironment(),
    stdio: ["ignore", "pipe", "pipe"],
  });
  const said: string[] = [];
  child.stderr.on("data", (text: Buffer) => said.push(text.toString()));
  const ended = new Promise<number>((resolve) => child.once("exit", (code) => resolve(code ?? -1)));
  const ready = await new Promise<Record<string, unknown>>((resolve, reject) => {
    child.stdout.on("data", (text: Buffer) => {
      said.push(text.toString());
      const record = jsonLines(said.join("")).find((line) => line.ready === true);
      if (record) resolve(record);
    });
    void ended.then((code) => reject(new Error(`parity up ended with ${code}: ${said.join("")}`)));
  });
  const kill = (signal: NodeJS.Signals) => {
    child.kill(signal);
    return ended;
  };
  return { ready, kill, childPids: () => childrenOf(child.pid ?? 0), stop: async () => void (await kill("SIGTERM")) };
}

/** Waits until none of some processes is left. */
export async function waitUntilGone(pids: readonly number[], timeoutMs = 60_000): Promise<void> {
  const giveUpAt = performance.now() + timeoutMs;
  while (pids.some((pid) => existsSync(`/proc/${pid}`))) {
    if (performance.now() > giveUpAt) throw new Error(`still alive: ${pids.filter((pid) => existsSync(`/proc/${pid}`)).join(", ")}`);
    await pause(50);
  }
}

function childrenOf(pid: number): number[] {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim().split(" ").filter(Boolean).map(Number);
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
