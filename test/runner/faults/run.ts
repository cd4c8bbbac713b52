import { setTimeout as pause } from "node:timers/promises";
import { type Hex, identityOf, type PostedTask } from "@parity-protocol/sdk";
import { getBalance } from "viem/actions";
import { randomFrom } from "../../support/random.ts";
import type { RunnerLab, RunnerProgram } from "../support/lab.ts";
import { type FaultProxy, openFaultProxy } from "./fault-proxy.ts";
import { type PrivateEngine, startPrivateEngine } from "./private-engine.ts";
import { mountSmallDisk, type SmallDisk } from "./small-disk.ts";

/** How long things go wrong, and whether an engine of the test's own is restarted meanwhile. */
export interface FaultRun {
  minutes: number;
  hasOwnEngine: boolean;
  seed: number;
}

/** What came of it: `problems` is empty where nothing was lost. */
export interface FaultOutcome {
  tasks: number;
  faults: Record<string, number>;
  problems: string[];
}

const bountyWei = 3_000_000n;
const bondWei = 1_000n;
/** Two of three runners: one whose disk is full may leave a task to the others. */
const committee = 2;
/** Little enough for the small disk. */
const limits = { outputBytes: 1024 ** 2, scratchBytes: 1024 ** 2 };
const taskEveryMs = 6_000;
const faultRate = 0.12;
/** Once nothing goes wrong any more, everything has to end within this. */
const settleMs = 240_000;
/** A minute of the host's clock this way or that must not matter; these are several. */
const clockOffMs = [0, 300_000, -300_000];

interface Party {
  index: number;
  program: RunnerProgram;
  proxies: FaultProxy[];
}

/** Three runners behind faulty ways to the chain and the store take every task; then the money is counted. */
export async function runWithFaults(lab: RunnerLab, run: FaultRun): Promise<FaultOutcome> {
  const random = randomFrom(run.seed);
  const disk = mountSmallDisk(64);
  const engine = run.hasOwnEngine ? await startPrivateEngine() : undefined;
  lab.later(() => disk.close());
  lab.later(() => engine?.close());
  const parties: Party[] = [];
  for (const index of [1, 2, 3]) parties.push(await startParty(lab, index, { random, disk, engine }));
  const gate = await lab.gateFor(1, 2, 3);
  const troubles = new AbortController();
  const trouble = makeTrouble({ parties, disk, engine, random, signal: troubles.signal });
  const tasks = await postTasks(lab, gate, Date.now() + run.minutes * 60_000);
  troubles.abort();
  await trouble;
  for (const { proxies } of parties) for (const proxy of proxies) proxy.setRate(0);
  const late = await waitUntilSettled(lab, tasks);
  const endings = await Promise.all(parties.map(({ index, program }) => stop(index, program)));
  const problems = [...late, ...endings.flat(), ...(await moneyProblems(lab, tasks))];
  for (const { proxies } of parties) for (const proxy of proxies) await proxy.close();
  return { tasks: tasks.length, faults: sumOf(parties.flatMap(({ proxies }) => proxies.map(({ counts }) => counts))), problems };
}

interface Surroundings {
  random: () => number;
  disk: SmallDisk;
  engine: PrivateEngine | undefined;
}

/** The first one's engine restarts, the second and third one's clocks are off, and the third one's disk fills up. */
async function startParty(lab: RunnerLab, index: number, { random, disk, engine }: Surroundings): Promise<Party> {
  const [rpc, store] = [await openFaultProxy(lab.rpcUrl, random), await openFaultProxy(lab.storeServer.url, random)];
  const change: Record<string, string> = {
    RUNNER_RPC_URL: rpc.url,
    RUNNER_STORE_URLS: store.url,
    RUNNER_PAYEE: payeeOf(index),
    CLOCK_OFF_MS: String(clockOffMs[index - 1] ?? 0),
  };
  if (index === 1 && engine) change.DOCKER_HOST = engine.dockerHost;
  if (index === 3) change.RUNNER_DIRECTORY = `${disk.path}/runner`;
  const program = await lab.startProgram(index, change, { preload: `${import.meta.dirname}/wrong-clock.ts` });
  await program.ready();
  for (const proxy of [rpc, store]) proxy.setRate(faultRate);
  return { index, program, proxies: [rpc, store] };
}

const payeeOf = (index: number) => `0x${"0".repeat(38)}a${index}` as const;

/** Now and then one way is gone altogether, the disk is full, or the engine restarts. */
async function makeTrouble(around: Surroundings & { parties: readonly Party[]; signal: AbortSignal }): Promise<void> {
  const { parties, disk, engine, random, signal } = around;
  const proxies = parties.flatMap((party) => party.proxies);
  const troubles: ((ms: number) => Promise<void>)[] = [
    async (ms) => {
      const proxy = proxies[Math.floor(random() * proxies.length)];
      proxy?.setRate(1);
      await rest(ms, signal);
      proxy?.setRate(faultRate);
    },
    async (ms) => {
      disk.fill();
      await rest(ms, signal);
      disk.empty();
    },
    async () => engine?.restart(),
  ];
  for (let turn = 0; !signal.aborted; turn++) {
    await rest(5_000, signal);
    if (!signal.aborted) await troubles[turn % troubles.length]?.(6_000);
  }
}

function rest(ms: number, signal: AbortSignal): Promise<void> {
  return pause(ms, undefined, { signal }).catch(() => undefined);
}

async function postTasks(lab: RunnerLab, gate: Hex, untilMs: number): Promise<PostedTask[]> {
  const tasks: PostedTask[] = [];
  while (Date.now() < untilMs) {
    const words = { words: `task ${tasks.length}\n` };
    const script =
      "while read l; do echo $l; done < /input/words > /output/copy; i=0; while [ $i -lt 100000 ]; do i=$((i+1)); done; echo $i";
    const jobHash = await lab.upload({ script, input: words, limits });
    tasks.push(await lab.post(jobHash, { bountyWei, bondWei, slots: committee, quorum: committee, gate }));
    await pause(taskEveryMs);
    await lab.mine(1);
  }
  return tasks;
}

async function waitUntilSettled(lab: RunnerLab, tasks: readonly PostedTask[]): Promise<string[]> {
  const untilMs = Date.now() + settleMs;
  let open = [...tasks];
  while (open.length > 0 && Date.now() < untilMs) {
    const claims = await Promise.all(open.map(({ taskId }) => countOf(lab, taskId, "PayoutClaimed")));
    open = open.filter((_, i) => claims[i] !== committee);
    await pause(500);
    await lab.mine(1);
  }
  return Promise.all(
    open.map(async ({ taskId }) => `task ${taskId} is not settled: ${(await lab.eventsOf(taskId)).map(({ name }) => name).join(" ")}`),
  );
}

async function countOf(lab: RunnerLab, taskId: Hex, name: string): Promise<number> {
  return (await lab.eventsOf(taskId)).filter((event) => event.name === name).length;
}

async function stop(index: number, program: RunnerProgram): Promise<string[]> {
  await program.kill("SIGTERM");
  const { code, signal } = await program.exited;
  return code === 0 ? [] : [`runner ${index} ended with ${code ?? signal}`];
}

/** To the wei: what went in is with the payees of those who worked, and the escrow is empty. Who took a slot took every step, once. */
async function moneyProblems(lab: RunnerLab, tasks: readonly PostedTask[]): Promise<string[]> {
  const problems: string[] = [];
  const slots = new Map<string, number>();
  for (const { taskId } of tasks) {
    const events = await lab.eventsOf(taskId);
    for (const name of ["SlotReserved", "ResultCommitted", "ResultRevealed", "PayoutClaimed"] as const) {
      const identities = events.flatMap((event) => (event.name === name ? [event.args.identity] : []));
      if (new Set(identities).size !== committee || identities.length !== committee)
        problems.push(`${name} of ${taskId}: ${identities.join(", ")}`);
      if (name === "PayoutClaimed") for (const identity of identities) slots.set(identity, (slots.get(identity) ?? 0) + 1);
    }
  }
  for (const index of [1, 2, 3]) {
    const expected = BigInt(slots.get(identityOf(lab.addressOf(index))) ?? 0) * (bountyWei / BigInt(committee) + bondWei);
    const paid = await getBalance(lab.submitter, { address: payeeOf(index) });
    if (paid !== expected) problems.push(`runner ${index} was paid ${paid} wei, not ${expected}`);
  }
  const left = await getBalance(lab.submitter, { address: lab.escrow });
  if (left !== 0n) problems.push(`${left} wei are left in the escrow`);
  return problems;
}

function sumOf(counts: readonly Readonly<Record<string, number>>[]): Record<string, number> {
  const sum: Record<string, number> = {};
  for (const count of counts) for (const [name, times] of Object.entries(count)) sum[name] = (sum[name] ?? 0) + times;
  return sum;
}
