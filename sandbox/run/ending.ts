import { ParityError } from "@parity-protocol/sdk";
import { callEngine, callIfThere } from "../engine/call.ts";
import type { Engine } from "../engine/connect.ts";
import { waitForContainer } from "../engine/wait.ts";
import { type StartFailure, startFailureOf } from "./start-failure.ts";
import type { Terminal } from "./terminal.ts";

/** How a job's container came to its end. */
export type Ending =
  | { kind: "exited"; exitCode: number }
  | { kind: "not-started"; failure: StartFailure }
  | { kind: "breach"; outcome: "timed-out" | "out-of-memory" | "output-too-large"; reason: string };

/** What a job's run is bounded by. */
export interface RunBounds {
  timeoutSeconds: number;
  signal?: AbortSignal | undefined;
}

/** How long a killed container may take to be gone, and a stream to end after its container. */
const afterEndMs = 30_000;
const killedExitCode = 128 + 9;

/**
 * Starts a job's container and waits until it ends by itself or breaks a limit; then it is dead.
 * @throws JOB_ABORTED, ENGINE_FAILED, ENGINE_TIMED_OUT
 */
export async function runToEnding(engine: Engine, container: string, run: { terminal: Terminal; bounds: RunBounds }): Promise<Ending> {
  const { terminal, bounds } = run;
  const startedAtMs = Date.now();
  const failure = await start(engine, container, bounds);
  if (failure) return { kind: "not-started", failure };
  const exit = waitForExit(engine, container, bounds.timeoutSeconds);
  const first = await firstEnding({ exit, terminal, bounds });
  if (first.kind === "breach") await kill(engine, container, { terminal, exit });
  // A stdout that exceeds its limit may be noticed only after the exit.
  const ending = first.kind === "exited" && (await withinMs(terminal.ended, afterEndMs)) === "too-large" ? tooLarge() : first;
  return (await wasOutOfMemory(engine, container, { ending, startedAtMs })) ? outOfMemory() : ending;
}

async function start(engine: Engine, container: string, bounds: RunBounds): Promise<StartFailure | undefined> {
  try {
    await callEngine("start container", (abortSignal) => engine.docker.getContainer(container).start({ abortSignal }), {
      signal: bounds.signal,
    });
  } catch (error) {
    const failure = error instanceof ParityError ? startFailureOf(error.message) : undefined;
    if (failure) return failure;
    throw error;
  }
  return undefined;
}

async function waitForExit(engine: Engine, container: string, timeoutSeconds: number): Promise<number> {
  const timeoutMs = timeoutSeconds * 1000 + 2 * afterEndMs;
  const exitCode = await waitForContainer(engine, container, { timeoutMs });
  // An engine that lost sight of the process says -1.
  if (exitCode >= 0 && exitCode <= 255) return exitCode;
  throw new ParityError("ENGINE_FAILED", `The engine says that the job exited with ${exitCode}, which no program can.`);
}

/** Whichever comes first; an abort throws. */
async function firstEnding(race: { exit: Promise<number>; terminal: Terminal; bounds: RunBounds }): Promise<Ending> {
  const { promise, resolve, reject } = Promise.withResolvers<Ending>();
  const timeoutMs = race.bounds.timeoutSeconds * 1000;
  const reason = `The job ran for longer than ${race.bounds.timeoutSeconds} s.`;
  const timer = setTimeout(() => resolve({ kind: "breach", outcome: "timed-out", reason }), timeoutMs);
  const onAbort = () => reject(new ParityError("JOB_ABORTED", "The run was aborted while the job ran."));
  race.bounds.signal?.addEventListener("abort", onAbort, { once: true });
  if (race.bounds.signal?.aborted) onAbort();
  race.exit.then((exitCode) => resolve({ kind: "exited", exitCode }), reject);
  race.terminal.ended.then((end) => (end === "too-large" ? resolve(tooLarge()) : undefined), reject);
  try {
    return await promise;
  } finally {
    clearTimeout(timer);
    race.bounds.signal?.removeEventListener("abort", onAbort);
  }
}

async function kill(engine: Engine, container: string, run: { terminal: Terminal; exit: Promise<number> }): Promise<void> {
  run.terminal.hangUp();
  await callIfThere("kill", (abortSignal) => engine.docker.getContainer(container).kill({ abortSignal })).catch((error: unknown) => {
    if (!(error instanceof ParityError) || error.details.status !== 409) throw error; // it ended at the same moment
  });
  await withinMs(run.exit, afterEndMs);
}

/**
 * Says whether any process of the job was killed for lack of memory: what the others made of it afterwards is no answer, since which
 * process is killed is the kernel's choice. The engine may learn of it only after the exit; then the exit code is the one of a kill, and
 * its event log is asked, also for a kill from outside, which is no answer either.
 */
async function wasOutOfMemory(engine: Engine, container: string, run: { ending: Ending; startedAtMs: number }): Promise<boolean> {
  const { State } = await callEngine("inspect container", () => engine.docker.getContainer(container).inspect());
  if (State.OOMKilled) return true;
  if (run.ending.kind !== "exited" || run.ending.exitCode !== killedExitCode) return false;
  const events = await readEvents(engine, container, run.startedAtMs);
  if (events.includes('"Action":"kill"')) throw new ParityError("ENGINE_FAILED", "The job's container was killed from outside.");
  return events.includes('"Action":"oom"');
}

/** Waits a second for events that are on their way. Nobody inside a container can kill its first process, so the wait is rare. */
async function readEvents(engine: Engine, container: string, startedAtMs: number): Promise<string> {
  const filters = JSON.stringify({ container: [container], event: ["oom", "kill"] });
  const [since, until] = [Math.floor(startedAtMs / 1000) - 1, Math.ceil(Date.now() / 1000) + 1];
  const events = await callEngine("read events", (abortSignal) => engine.docker.getEvents({ filters, since, until, abortSignal }));
  let text = "";
  for await (const chunk of events) text += String(chunk);
  return text;
}

async function withinMs<T>(promise: Promise<T>, timeoutMs: number): Promise<T> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new ParityError("ENGINE_TIMED_OUT", "The engine did not end a container in time.")), timeoutMs);
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

function tooLarge(): Ending {
  return { kind: "breach", outcome: "output-too-large", reason: "stdout has more bytes than limits.outputBytes." };
}

function outOfMemory(): Ending {
  return { kind: "breach", outcome: "out-of-memory", reason: "A process of the job was killed because limits.memoryBytes were used up." };
}
