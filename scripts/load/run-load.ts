import { setTimeout as pause } from "node:timers/promises";
import { fetchResult, type Hex, zeroAddress } from "@parity-protocol/sdk";
import { RunnerLab } from "../../test/runner/support/lab.ts";
import { type LoadRun, machine, measuredAt } from "../bench/results.ts";
import { type Balances, type Cost, readBalances, readCosts } from "../demo/ledger.ts";
import { type Account, balanceSheet } from "./balance-sheet.ts";
import type { Chronicle } from "./chronicle.ts";
import { factsOf } from "./facts.ts";
import { killInTurn, runnerIndices, stopParties } from "./parties.ts";
import { type LoadPlan, nextBlock, type Stage, setStage, tasksAGate } from "./stage.ts";
import { bondWei, committee, outputOf } from "./submitter.ts";

/** How long the last tasks may take before they are called lost. */
const settleMs = 600_000;
const publishMs = 60_000;
const lookEveryMs = 500;
const tellEveryMs = 15_000;

/** Submitters post tasks, runners are killed, one lies, the store fails; then every task, every output and every wei is looked for. */
export async function runLoad(plan: LoadPlan, say: (line: string) => void): Promise<LoadRun> {
  const lab = await RunnerLab.open({ anvil: ["--block-time", "1"] });
  try {
    const stage = await setStage(lab, plan);
    const about = { measuredAt: measuredAt(), machine: machine() };
    const epoch = await beginEpoch(stage);
    const startedAtMs = performance.now();
    const { kills, problems } = await playTasks(stage, { plan, say });
    const minutes = (performance.now() - startedAtMs) / 60_000;
    say("looking for outputs, and counting the money");
    problems.push(...(await missingOutputs(stage)), ...(await stopParties(stage.parties)), ...unfairProblems(stage));
    const { costs, balances } = await countMoney(stage, epoch);
    problems.push(...balances.filter(({ expected, after }) => expected !== after).map(({ who }) => `the account of ${who} is not exact`));
    return { ...about, minutes, facts: factsOf(stage, { plan, kills, costs, minutes }), balances, problems };
  } finally {
    await lab.endTest({} as Mocha.Context);
    await sweep(lab);
    await lab.close();
  }
}

/** What killed runners left in the engine, where the run itself broke off. */
async function sweep(lab: RunnerLab): Promise<void> {
  const owners = runnerIndices.map((index) => lab.ownerOf(lab.environment(index).RUNNER_DIRECTORY ?? ""));
  await Promise.all(owners.map((owner) => lab.leftovers(owner)));
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
  return { costs, balances: balanceSheet(accounts, { before, after }, { events: chronicle.events, costs, bondWei }) };
}

function balancesOf({ reader }: Stage, accounts: readonly Account[]): Promise<Balances> {
  return readBalances(
    reader,
    accounts.map(({ address }) => address),
  );
}

interface Play {
  plan: LoadPlan;
  say: (line: string) => void;
}

async function playTasks(stage: Stage, { plan, say }: Play): Promise<{ kills: number; problems: string[] }> {
  const { lab, chronicle, submitters, parties, gates } = stage;
  const [over, killing] = [new AbortController(), new AbortController()];
  const following = follow(stage, { signal: over.signal, plan, say });
  const killed = killInTurn(lab, parties, { everyMs: plan.killEveryMs, signal: killing.signal });
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
  await Promise.race([Promise.all(shares), late.tooLate, broken]);
  killing.abort();
  const kills = await killed;
  await untilClaimed(chronicle);
  over.abort();
  late.forget();
  await Promise.all([...shares, following]);
  return { kills, problems: unsettled(stage) };
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
async function follow({ chronicle }: Stage, { plan, say, signal }: Play & { signal: AbortSignal }): Promise<void> {
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
  const giveUpAtMs = performance.now() + publishMs;
  const isClaimed = () => chronicle.named("PayoutClaimed").length >= chronicle.named("ResultRevealed").length;
  while (!isClaimed() && performance.now() < giveUpAtMs) {
    await pause(lookEveryMs);
    await chronicle.read();
  }
}

/** Every task must have been decided, paid out slot by slot, and settled. */
function unsettled({ chronicle, submitters }: Stage): string[] {
  const posted = submitters.reduce((sum, { numbers }) => sum + numbers.size, 0);
  const isWhole = (taskId: Hex) =>
    chronicle.named("TaskDecided", taskId).length === 1 &&
    chronicle.named("PayoutClaimed", taskId).length === committee.slots &&
    chronicle.named("BountyReclaimed", taskId).length === 1;
  const lost = [...chronicle.tasks.keys()].filter((taskId) => !isWhole(taskId));
  return [
    ...(chronicle.tasks.size === posted ? [] : [`the chain has ${chronicle.tasks.size} tasks, ${posted} were posted`]),
    ...lost.map(
      (taskId) =>
        `task ${taskId} was not settled: ${chronicle
          .of(taskId)
          .map(({ name }) => name)
          .join(" ")}`,
    ),
  ];
}

/** Each decided output has to be at the store, whole, and be what the job prints. */
async function missingOutputs({ lab, chronicle, submitters }: Stage): Promise<string[]> {
  const problems: string[] = [];
  for (const { args } of chronicle.named("TaskDecided")) {
    const number = submitters.map(({ numbers }) => numbers.get(args.taskId)).find((each) => each !== undefined) ?? Number.NaN;
    const printed = await printedBy(lab, args.outputHash).catch((error: unknown) => String(error));
    if (printed !== outputOf(number))
      problems.push(`the output of task ${args.taskId} is not ${JSON.stringify(outputOf(number))}: ${printed}`);
  }
  return problems;
}

async function printedBy({ store }: RunnerLab, outputHash: Hex): Promise<string> {
  const { openStdout } = await fetchResult({ outputHash, sources: [store], waitMs: publishMs });
  return new Response(await openStdout()).text();
}

/** Nobody honest may have a strike, and no lie may have been paid. */
function unfairProblems({ chronicle, parties }: Stage): string[] {
  const nameOf = (identity: Hex) => parties.runners.find((runner) => runner.identity === identity.toLowerCase());
  const strikes = chronicle.named("StrikeRecorded").filter(({ args }) => !nameOf(args.identity)?.isLiar);
  const paidLies = chronicle.named("PayoutClaimed").filter(({ args }) => nameOf(args.identity)?.isLiar && args.share > 0n);
  return [
    ...strikes.map(({ args }) => `${nameOf(args.identity)?.name} has a strike for task ${args.taskId}`),
    ...paidLies.map(({ args }) => `a lie was paid for in task ${args.taskId}`),
  ];
}

function accountsOf({ lab, submitters, parties }: Stage): Account[] {
  return [
    ...submitters.map(({ address }, i) => ({ who: `submitter ${i + 1}`, address })),
    ...parties.runners.map(({ name, address }) => ({ who: `${name}, gas and bonds`, address })),
    ...parties.runners.map(({ name, payee }) => ({ who: `${name}, payee`, address: payee })),
    { who: "the escrow", address: lab.escrow },
  ];
}
