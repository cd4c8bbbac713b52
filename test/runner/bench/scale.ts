import type { Address, Hex } from "@parity-protocol/sdk";
import { taskEscrowAbi } from "@parity-protocol/sdk/contracts";
import { numberToHex, pad, toEventSelector } from "viem";
import { getBalance, getBlockNumber } from "viem/actions";
import { getAbiItem } from "viem/utils";
import { peakBytes, timed } from "../../support/measure.ts";
import { type CountingProxy, openCountingProxy } from "../support/counting-proxy.ts";
import { RunnerLab, type RunnerProgram } from "../support/lab.ts";
import { postInBulk } from "../support/post-in-bulk.ts";

const anvil = ["--gas-limit", "1000000000", "--prune-history"];
const anyJob: Hex = `0x${"11".repeat(32)}`;
const steadyBlocks = 20;
const heldBountyWei = 3_000_003n;
/** Held tasks wait so long for their reveal: longer than all the others take to be committed. */
const holdSeconds = 86_400;

/** What a number of tasks, all refused, costs a runner. */
export interface CatchUp {
  tasks: number;
  seconds: number;
  peakBytes: number;
  largestAnswerBytes: number;
  /** RPC calls a block, afterwards. */
  callsABlock: number;
}

/** Catching up over tasks that the policy refuses, and what a block costs afterwards: time, memory and RPC calls by their number. */
export async function measureCatchUp(sizes: readonly number[]): Promise<CatchUp[]> {
  return withLab(async (lab, proxy) => {
    const figures: CatchUp[] = [];
    let posted = 0;
    for (const [i, tasks] of sizes.entries()) {
      await postInBulk(lab, { count: tasks - posted, jobHash: anyJob, bountyWei: 3n });
      posted = tasks;
      figures.push({ tasks, ...(await catchUp(lab, proxy, i + 1)) });
    }
    return figures;
  });
}

/** What a number of tasks, held at once, costs a runner; every one was paid. */
export interface Held {
  tasks: number;
  callsABlock: number;
  committedSeconds: number;
  paidSeconds: number;
}

/** Tasks held at once by one runner: RPC calls a block by their number, and that each was paid to the wei. */
export async function measureHeld(counts: readonly number[] = [20, 200]): Promise<Held[]> {
  return withLab(async (lab, proxy) => {
    const figures: Held[] = [];
    for (const [i, count] of counts.entries()) figures.push(await hold(lab, proxy, { count, index: i + 1 }));
    return figures;
  });
}

async function withLab<T>(measure: (lab: RunnerLab, proxy: CountingProxy) => Promise<T>): Promise<T> {
  const lab = await RunnerLab.open({ anvil });
  const proxy = await openCountingProxy(lab.rpcUrl);
  try {
    return await measure(lab, proxy);
  } finally {
    await proxy.close();
    await lab.close();
  }
}

async function catchUp(lab: RunnerLab, proxy: CountingProxy, index: number): Promise<Omit<CatchUp, "tasks">> {
  proxy.reset();
  const startedAtMs = performance.now();
  const program = await start(lab, proxy, { index, change: { RUNNER_MIN_SHARE_WEI: "1000" } });
  const ended = program.exited.then(() => {
    throw new Error(`the runner ended: ${program.stderr}`);
  });
  await Promise.race([proxy.followedTo(await getBlockNumber(lab.submitter, { cacheTime: 0 })), ended]);
  const seconds = (performance.now() - startedAtMs) / 1_000;
  const before = { peakBytes: peakBytes(program.pid), largestAnswerBytes: proxy.largestAnswer() };
  const figures = { seconds, ...before, callsABlock: await callsABlock(lab, proxy) };
  ended.catch(() => undefined); // as it should, now
  await program.kill("SIGTERM");
  return figures;
}

async function hold(lab: RunnerLab, proxy: CountingProxy, { count, index }: { count: number; index: number }): Promise<Held> {
  const payee = pad(numberToHex(0xbee0 + index), { size: 20 }) as Address;
  const jobHash = await lab.upload({ script: "echo done" });
  const fromBlock = (await getBlockNumber(lab.submitter, { cacheTime: 0 })) + 1n;
  const change = { RUNNER_PAYEE: payee, RUNNER_FROM_BLOCK: String(fromBlock), RUNNER_MIN_SHARE_WEI: "1000" };
  const program = await start(lab, proxy, { index, change });
  const has = (event: EventName) => lab.until(async () => (await countEvents(lab, event, fromBlock)) >= count);
  const committedMs = await timed(async () => {
    await postInBulk(lab, { count, jobHash, bountyWei: heldBountyWei, revealDelaySeconds: holdSeconds });
    await has("ResultCommitted");
  });
  const calls = await callsABlock(lab, proxy);
  await lab.passTime(holdSeconds);
  const paidMs = await timed(() => has("PayoutClaimed"));
  const earned = await getBalance(lab.submitter, { address: payee });
  await program.kill("SIGTERM");
  if (earned !== BigInt(count) * heldBountyWei) throw new Error(`${earned} wei were paid for ${count} tasks of ${heldBountyWei} wei`);
  return { tasks: count, callsABlock: calls, committedSeconds: committedMs / 1_000, paidSeconds: paidMs / 1_000 };
}

async function start(
  lab: RunnerLab,
  proxy: CountingProxy,
  { index, change }: { index: number; change: Record<string, string> },
): Promise<RunnerProgram> {
  const environment = { RUNNER_RPC_URL: proxy.url, RUNNER_LOG_LEVEL: "error", RUNNER_POLL_MS: "1000" };
  const program = await lab.startProgram(index, { ...environment, ...change });
  await program.ready();
  return program;
}

/** One block a second, each with another's post: everything that the runner asks meanwhile counts. */
async function callsABlock(lab: RunnerLab, proxy: CountingProxy): Promise<number> {
  const block = async () => {
    const pause = new Promise((resolve) => setTimeout(resolve, 1_000));
    await postInBulk(lab, { count: 1, jobHash: anyJob, bountyWei: 3n });
    await pause;
  };
  await block();
  proxy.reset();
  for (let i = 0; i < steadyBlocks; i++) await block();
  const total = [...proxy.counts.values()].reduce((sum, count) => sum + count, 0);
  return total / steadyBlocks;
}

type EventName = "ResultCommitted" | "PayoutClaimed";

async function countEvents(lab: RunnerLab, name: EventName, fromBlock: bigint): Promise<number> {
  const topic = toEventSelector(getAbiItem({ abi: taskEscrowAbi, name }));
  const filter = { address: lab.escrow, topics: [topic], fromBlock: numberToHex(fromBlock), toBlock: "latest" };
  return ((await lab.rpc("eth_getLogs", [filter])) as unknown[]).length;
}
