import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, openSync, readFileSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { type ErrorCode, ParityError } from "@parity-protocol/sdk";
import { signalGroup } from "./process-group.ts";
import type { Reaper } from "./reaper.ts";

const LOG_POLL_MS = 25;

/** A program to start as a child process. Its output goes into a file, so that it outlives whoever reads it. */
export interface ChildPlan {
  name: string;
  command: string;
  args: readonly string[];
  directory: string;
  environment: NodeJS.ProcessEnv;
  logFile: string;
  /** What is thrown when the program ends before it is ready. */
  failure: ErrorCode;
}

/** A child process that is up until it is stopped. */
export interface ChildProgram {
  name: string;
  pid: number;
  logFile: string;
  /** Resolves when the process has ended, whoever ended it. */
  ended: Promise<void>;
  hasEnded(): boolean;
  /** Asks the process to end, and kills its process group when it takes longer than `graceMs`. */
  stop(graceMs: number): Promise<void>;
}

/** Starts a program in a process group of its own, so that a Ctrl-C at the terminal reaches it only through `stop`. @throws plan.failure */
export async function startChild(plan: ChildPlan, reaper: Reaper): Promise<ChildProgram> {
  const log = openSync(plan.logFile, "a", 0o600);
  const child = spawn(plan.command, plan.args, { cwd: plan.directory, env: plan.environment, detached: true, stdio: ["ignore", log, log] });
  closeSync(log);
  const pid = await pidOf(child, plan);
  reaper.adopt(pid);
  let isOver = false;
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve())).then(() => {
    isOver = true;
    reaper.release(pid);
  });
  return {
    name: plan.name,
    pid,
    logFile: plan.logFile,
    ended,
    hasEnded: () => isOver,
    stop: async (graceMs) => (isOver ? undefined : stopGroup(pid, ended, graceMs)),
  };
}

/** Waits until the program has printed what `pattern` matches. @throws plan.failure when it ends first or takes longer than `timeoutMs` */
export async function waitForLine(
  child: ChildProgram,
  pattern: RegExp,
  wait: { timeoutMs: number; failure: ErrorCode; signal: AbortSignal },
): Promise<RegExpExecArray> {
  const giveUpAt = performance.now() + wait.timeoutMs;
  while (true) {
    wait.signal.throwIfAborted();
    const hadEnded = child.hasEnded();
    const match = pattern.exec(readFileSync(child.logFile, "utf8"));
    if (match) return match;
    if (hadEnded)
      throw new ParityError(wait.failure, `The ${child.name} ended at once; its log is ${child.logFile}:\n${tailOf(child.logFile)}`);
    if (performance.now() > giveUpAt)
      throw new ParityError(wait.failure, `The ${child.name} was not ready after ${wait.timeoutMs} ms; its log is ${child.logFile}.`);
    await pause(LOG_POLL_MS);
  }
}

/** Reads the last lines of a log. */
export function tailOf(logFile: string, lines = 8): string {
  return readFileSync(logFile, "utf8").trimEnd().split("\n").slice(-lines).join("\n");
}

async function pidOf(child: ChildProcess, plan: ChildPlan): Promise<number> {
  return new Promise((resolve, reject) => {
    child.once("spawn", () => resolve(child.pid ?? 0));
    child.once("error", (cause) => reject(new ParityError(plan.failure, `The ${plan.name} does not start: ${cause.message}`, { cause })));
  });
}

async function stopGroup(pid: number, ended: Promise<void>, graceMs: number): Promise<void> {
  signalGroup(pid, "SIGTERM");
  const timer = setTimeout(() => signalGroup(pid, "SIGKILL"), graceMs);
  await ended;
  clearTimeout(timer);
}
