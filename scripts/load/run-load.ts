import { once } from "node:events";
import { existsSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { zeroAddress } from "@parity-protocol/sdk";
import { RunnerLab } from "../../test/runner/support/lab.ts";
import { type LoadRun, machine, measuredAt } from "../bench/results.ts";
import { type Balances, type Cost, readBalances, readCosts } from "../demo/ledger.ts";
import { type Account, balanceSheet } from "./balance-sheet.ts";
import type { Chronicle } from "./chronicle.ts";
import { factsOf } from "./facts.ts";
import { missingOutputs, openTasks, unfairProblems, unsettled } from "./look-for-losses.ts";
import { killInTurn, runnerIndices, stopParties } from "./parties.ts";
import { type LoadPlan, nextBlock, type Stage, setStage, tasksAGate } from "./stage.ts";
import { bondWei } from "./submitter.ts";

/** How long the last tasks may take before they are called lost. */
const settleMs = 600_000;
/** How long runners may take to claim what is decided. */
const claimMs = 60_000;
/** How long an interrupted run may take to stop everyone and to count. */
const interruptedMs = 60_000;
const lookEveryMs = 500;
const tellEveryMs = 15_000;

/** How a run is told of and ended. */
export interface Attendance {
  say: (line: string) => void;
  /** Ends the run early: everyone is stopped, and what was done so far is told. */
  interrupted: AbortSignal;
}

/** Submitters post tasks, runners are killed, one lies, the store fails; then every task, every output and every wei is looked for. */
export async function runLoad(plan: LoadPlan, attendance: Attendance): Promise<LoadRun> {
  const lab = await RunnerLab.open({ anvil: ["--block-time", "1"], isDetached: true });
  try {
    return await Promise.race([play(lab, plan, attendance), tooLate(attendance.interrupted)]);
  } finally {
    await lab.endTest({} as Mocha.Context);
    await closeSwept(lab);
  }
}

/** Closes the lab, also where the engine cannot be swept. */
async function closeSwept(lab: RunnerLab): Promise<void> {
  try {
    await sweep(lab);
  } finally {
    await lab.close();
  }
}

async function play(lab: RunnerLab, plan: LoadPlan, { say, interrupted }: Attendance): Promise<LoadRun> {
  const stage = await setStage(lab, plan);
  const about = { measuredAt: measuredAt(), machine: machine() };
  const epoch = await beginEpoch(stage);
  const startedAtMs = performance.now();
  const kills = await playTasks(stage, { plan, say, interrupted });
  const minutes = (performance.now() - startedAtMs) / 60_000;
  const problems = await endParties(stage, { say, interrupted });
  const { costs, balances } = await countMoney(stage, epoch);
  // Only now the chronicle is whole: the last reclaim may be in the last block.
  problems.push(...unfairProblems(stage), ...(interrupted.aborted ? [] : unsettled(stage)));
  problems.push(...balances.filter(({ expected, after }) => expected !== after).map(({ who }) => `the account of ${who} is not exact`));
  const facts = factsOf(stage, { plan, kills, costs, minutes });
  if (interrupted.aborted) facts.push(["interrupted", `${openTasks(stage).length} tasks were open; outputs were not looked for`]);
  return { ...about, minutes, facts, balances, problems };
}

/** Ends the runners; looks for outputs before, for runners that are interrupted publish no more. In words, what was not as it should be. */
async function endParties(stage: Stage, { say, interrupted }: Attendance): Promise<string[]> {
  if (!interrupted.aborted) {
    say("looking for outputs, and counting the money");
    return [...(await missingOutputs(stage)), ...(await stopParties(stage.parties))];
  }
  say("interrupted: ending the runners, and counting the money");
  await stopParties(stage.parties);
  await stage.lab.until(
    async () => ((await stage.reader.request({ method: "txpool_status" } as never)) as { pending: string }).pending === "0x0",
  );
  return [];
}

/** Fails when an interrupted run does not come to its end. */
async function tooLate(interrupted: AbortSignal): Promise<never> {
  await aborted(interrupted);
  await pause(interruptedMs);
  throw new Error(`what was under way did not end within ${interruptedMs / 1_000} s`);
}

async function aborted(signal: AbortSignal): Promise<void> {
  if (!signal.aborted) await once(signal, "abort");
}

/** What killed runners left in the engine, where the run itself broke off; a runner that has no directory yet owns nothing. */
async function sweep(lab: RunnerLab): Promise<void> {
  const directories = runnerIndices.map((index) => lab.environment(index).RUNNER_DIRECTORY ?? "").filter((each) => existsSync(each));
  await Promise.all(directories.map((directory) => lab.leftovers(lab.ownerOf(directory))));
}

/** Where all accounts stood before the first task. */
interface Epoch {
  accounts: readonly Account[];
  before: Balances;
  fromBlock: bigint;
}

async function beginEpoch(stage: Stage): Promise<Epoch> {
  const accounts = accountsOf(stage);
  return { accounts, before: await balancesOf(stage, accounts), fromBlock: await nextBlock(stage.reader) };
}

async function countMoney(stage: Stage, { accounts, before, fromBlock }: Epoch): Promise<{ costs: Cost[]; balances: LoadRun["balances"] }> {
  const { reader, chronicle } = stage;
  await chronicle.read();
  const costs = await readCosts(reader, { fromBlock, toBlock: (await nextBlock(reader)) - 1n });
  const after = await balancesOf(stage, accounts);
  const movements = { events: chronicle.events, costs, bondWei, open: new Set(openTasks(stage)) };
  return { costs, balances: balanceSheet(accounts, { before, after }, movements) };
}

function balancesOf({ reader }: Stage, accounts: readonly Account[]): Promise<Balances> {
  return readBalances(
    reader,
    accounts.map(({ address }) => address),
  );
}

interface Play extends Attendance {
  plan: LoadPlan;
}

/** Returns how often a runner was killed. */
async function playTasks(stage: Stage, { plan, say, interrupted }: Play): Promise<number> {
  const { lab, chronicle, submitters, parties, gates } = stage;
  const [over, killing] = [new AbortController(), new AbortController()];
  const following = follow(stage, { signal: over.signal, plan, say });
  const killed = killInTurn(lab, parties, {
    everyMs: plan.killEveryMs,
    signal: AbortSignal.any([killing.signal, interrupted]),
  });
  const numbers = Array.from({ length: plan.tasks }, (_, i) => i);
  const gateOf = (number: number) => gates[Math.floor(number / tasksAGate)] ?? zeroAddress;
  const overAtMs = performance.now() + plan.minutes * 60_000;
  const isOver = () => performance.now() > overAtMs;
  const shares = submitters.map((submitter, i) => {
    const own = numbers.filter((number) => number % submitters.length === i);
    return submitter.work({ numbers: own, gateOf, location: parties.store.url, isOver, signal: over.signal });
  });
  const late = latest(chronicle, over);
  // Whichever fails first is heard: at once by the race, not as what came of it in another.
  const broken = Promise.all([killed, following]).then(() => late.tooLate);
  await Promise.race([Promise.all(shares), late.tooLate, broken, aborted(interrupted)]);
  killing.abort();
  const kills = await killed;
  if (!interrupted.aborted) await untilClaimed(chronicle);
  over.abort();
  late.forget();
  await Promise.all([...shares, following]);
  return kills;
}

/** Gives up when nothing at all has happened for so long. */
function latest(chronicle: Chronicle, over: AbortController): { tooLate: Promise<void>; forget: () => void } {
  const { promise: tooLate, resolve } = Promise.withResolvers<void>();
  let [seen, sinceMs] = [0, performance.now()];
  const timer = setInterval(() => {
    if (chronicle.events.length !== seen) [seen, sinceMs] = [chronicle.events.length, performance.now()];
    if (performance.now() - sinceMs < settleMs) return;
    over.abort();
    resolve();
  }, 1_000);
  return { tooLate, forget: () => clearInterval(timer) };
}

/** Reads the chain's events and says how far all is, now and then. */
async function follow({ chronicle }: Stage, { plan, say, signal }: Pick<Play, "plan" | "say"> & { signal: AbortSignal }): Promise<void> {
  let toldAtMs = performance.now();
  while (!signal.aborted) {
    await chronicle.read();
    if (performance.now() - toldAtMs > tellEveryMs) {
      toldAtMs = performance.now();
      const [decided, settled] = [chronicle.named("TaskDecided").length, chronicle.named("BountyReclaimed").length];
      say(`${chronicle.tasks.size} of ${plan.tasks} posted, ${decided} decided, ${settled} settled`);
    }
    await pause(lookEveryMs);
  }
}

/** The runners claim for themselves; a claim may still be on its way when a task is settled for its submitter. */
async function untilClaimed(chronicle: Chronicle): Promise<void> {
  const giveUpAtMs = performance.now() + claimMs;
  const isClaimed = () => chronicle.named("PayoutClaimed").length >= chronicle.named("ResultRevealed").length;
  while (!isClaimed() && performance.now() < giveUpAtMs) {
    await pause(lookEveryMs);
    await chronicle.read();
  }
}

function accountsOf({ lab, submitters, parties }: Stage): Account[] {
  return [
    ...submitters.map(({ address }, i) => ({ who: `submitter ${i + 1}`, address })),
    ...parties.runners.map(({ name, address }) => ({ who: `${name}, gas and bonds`, address })),
    ...parties.runners.map(({ name, payee }) => ({ who: `${name}, payee`, address: payee })),
    { who: "the escrow", address: lab.escrow, isEscrow: true },
  ];
}
