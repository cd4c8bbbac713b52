import { existsSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { type Address, identityOf } from "@parity-protocol/sdk";
import { type FaultProxy, openFaultProxy } from "../../test/runner/faults/fault-proxy.ts";
import type { RunnerLab, RunnerProgram } from "../../test/runner/support/lab.ts";
import { peakBytes } from "../../test/support/measure.ts";
import { randomFrom } from "../../test/support/random.ts";

/** Keys of the development chain: these submit, the next ones run. */
export const submitterIndices = [0, 1, 2, 3, 4] as const;
export const runnerIndices = [5, 6, 7, 8, 9] as const;
const liarIndex = 9;
const liarProgram = join(import.meta.dirname, "../demo/liar.ts");
/** The share of requests to the store that something happens to. */
const faultRate = 0.1;

/** How long a runner may take to stop: it ends the job that it runs, and sends what it has promised. */
const stopMs = 30_000;

/** A runner in a process of its own; the process changes when it is killed. */
export interface Runner {
  name: string;
  index: number;
  isLiar: boolean;
  address: Address;
  /** Has nothing and pays no gas: what is there was earned. */
  payee: Address;
  identity: `0x${string}`;
  program: RunnerProgram;
  peakBytes: number;
}

/** Who takes part besides the submitters. */
export interface Parties {
  runners: Runner[];
  /** The only way of the runners to the store. */
  store: FaultProxy;
}

/** Starts five runners, one of them the demo's liar, with a store on which things go wrong. */
export async function startParties(lab: RunnerLab, seed: number): Promise<Parties> {
  const store = await openFaultProxy(lab.storeServer.url, randomFrom(seed));
  lab.later(() => store.close());
  const runners = await Promise.all(runnerIndices.map((index) => startRunner(lab, index, store.url)));
  store.setRate(faultRate);
  return { runners, store };
}

async function startRunner(lab: RunnerLab, index: number, storeUrl: string): Promise<Runner> {
  const [isLiar, address] = [index === liarIndex, lab.addressOf(index)];
  const payee: Address = `0x${"0".repeat(38)}a${index}`;
  const program = await startProgram(lab, { index, payee, isLiar, storeUrl });
  return {
    name: isLiar ? "the liar" : `runner ${index - 4}`,
    index,
    isLiar,
    address,
    payee,
    identity: identityOf(address),
    program,
    peakBytes: 0,
  };
}

interface ProgramPlan {
  index: number;
  payee: Address;
  isLiar: boolean;
  storeUrl: string;
}

async function startProgram(lab: RunnerLab, { index, payee, isLiar, storeUrl }: ProgramPlan): Promise<RunnerProgram> {
  const change = {
    RUNNER_STORE_URLS: storeUrl,
    RUNNER_PAYEE: payee,
    RUNNER_CONCURRENCY: "1", // five on one machine
    RUNNER_POLL_MS: "",
    RUNNER_LOG_LEVEL: "info",
  };
  const program = await lab.startProgram(index, change, isLiar ? { main: liarProgram } : {});
  await program.said("Runner started");
  return program;
}

/** Kills an honest runner in each period, one after the other, as a power cut would, and starts it again. @returns how often */
export async function killInTurn(lab: RunnerLab, parties: Parties, until: { everyMs: number; signal: AbortSignal }): Promise<number> {
  const honest = parties.runners.filter(({ isLiar }) => !isLiar);
  let kills = 0;
  for (;;) {
    await pause(until.everyMs, undefined, { signal: until.signal }).catch(() => undefined);
    const runner = honest[kills % honest.length];
    if (until.signal.aborted || !runner) return kills;
    notePeak(runner);
    await runner.program.kill("SIGKILL");
    kills += 1;
    const again = await startProgram(lab, { ...runner, storeUrl: parties.store.url }).catch((error: unknown) => {
      if (until.signal.aborted) return undefined; // Ctrl-C reaches a runner that begins, too
      throw error;
    });
    if (!again) return kills;
    runner.program = again;
  }
}

/** Ends all runners as an operator does; in words, those that did not end well. */
export async function stopParties({ runners, store }: Parties): Promise<string[]> {
  store.setRate(0);
  const endings = await Promise.all(
    runners.map(async (runner) => {
      notePeak(runner);
      const { code, signal } = await stopProgram(runner.program);
      return code === 0 ? [] : [`${runner.name} ended with ${code ?? signal}`];
    }),
  );
  return endings.flat();
}

/** Lets a runner end what it does; kills it when that takes too long. */
async function stopProgram(program: RunnerProgram): Promise<Awaited<RunnerProgram["exited"]>> {
  const late = setTimeout(() => void program.kill("SIGKILL"), stopMs);
  await program.kill("SIGTERM");
  clearTimeout(late);
  return program.exited;
}

function notePeak(runner: Runner): void {
  if (!existsSync(`/proc/${runner.program.pid}`)) return; // Ctrl-C has reached it, too
  runner.peakBytes = Math.max(runner.peakBytes, peakBytes(runner.program.pid));
}
