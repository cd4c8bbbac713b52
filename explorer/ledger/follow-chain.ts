import { backoffMs, type ChainTime, chainErrorOf, type Hex, ParityError, pause } from "@parity-protocol/sdk";
import { getBlock } from "viem/actions";
import { blockHashAt, type Place, readRange } from "./read-range.ts";
import { append, bounded, countTasks, type Segment } from "./segment.ts";
import type { SegmentStore } from "./segment-store.ts";

/** So many blocks behind the head are read again at each look and kept only in memory: a short reorganisation is nothing special. */
const UNSETTLED_BLOCKS = 32n;
/** Blocks read between two looks at the head. */
export const WINDOW_BLOCKS = 5_000n;
/** So many tasks are read without being asked for. */
export const FIRST_TASKS = 2_000;
/** The most tasks that the page holds; the oldest go. */
export const MOST_TASKS = 20_000;

/** What is known of the escrow: a range of blocks. It ends at the head, unless a long absence is still being caught up with. */
export interface Known {
  /** Deep enough to be kept. */
  settled: readonly Segment[];
  /** The blocks up to the head. */
  tail: Segment | undefined;
  head: { number: bigint; hash?: Hex };
  /** Whether everything since the escrow's deployment is known. */
  isComplete: boolean;
  /** Whether reading stopped because enough is known; `wanted` tells it to go on. */
  isPaused: boolean;
}

/** What following the chain tells. */
export interface Listener {
  onKnown(known: Known): void;
  onTime(time: ChainTime): void;
  /** A failure that is waited out; undefined when the chain answers again. */
  onFailure(failure: ParityError | undefined): void;
}

/** How to follow the chain. */
export interface FollowParameters extends Place {
  deployedAtBlock: bigint;
  store: SegmentStore;
  listener: Listener;
  pollMs: number;
  /** How many tasks are wanted now: more are read on the way back to the deployment. */
  wanted: () => number;
  /** Resolves at the next moment at which looking makes sense: not while nobody sees the page. */
  whenVisible: () => Promise<void>;
}

/** Follows an escrow from what is kept of it: the newest blocks first, then back to its deployment. Ends with the signal. */
export async function followChain(parameters: FollowParameters): Promise<void> {
  const { signal, listener, pollMs, client } = parameters;
  const kept = await parameters.store.load();
  let known = keptKnowledge(kept, parameters);
  if (known) listener.onKnown(known);
  let failures = 0;
  while (!signal.aborted) {
    try {
      known = await look(parameters, known);
      listener.onKnown(known);
      listener.onFailure(undefined);
      failures = 0;
      if (!known.isComplete && !known.isPaused) continue;
    } catch (error) {
      if (signal.aborted) return;
      failures += 1;
      listener.onFailure(error instanceof ParityError ? error : chainErrorOf(error, client));
    }
    await pause(backoffMs(pollMs, failures), signal).catch(() => undefined);
    await parameters.whenVisible();
  }
}

/** What an earlier visit left can be shown before the chain answers. */
function keptKnowledge(settled: readonly Segment[], { deployedAtBlock }: FollowParameters): Known | undefined {
  const [first, last] = [settled[0], settled.at(-1)];
  if (!first || !last) return undefined;
  return { settled, tail: undefined, head: { number: last.toBlock }, isComplete: first.fromBlock <= deployedAtBlock, isPaused: false };
}

/** Looks once: goes forward to the head, then one window back. */
async function look(parameters: FollowParameters, known: Known | undefined): Promise<Known> {
  const { deployedAtBlock } = parameters;
  const head = await readHead(parameters);
  let settled = known?.settled ?? [];
  let tail = known?.tail;
  if (known?.head.hash !== head.hash) {
    settled = await catchUp(parameters, await withoutReorganised(parameters, settled), head);
    tail = await readTail(parameters, settled, head);
  }
  const isEnough = countTasks(settled) + (tail?.tasks.length ?? 0) >= Math.min(parameters.wanted(), MOST_TASKS);
  const oldest = oldestOf(settled, tail, head);
  // The first look ends at once: the newest tasks are what most visitors come for.
  if (known && oldest > deployedAtBlock && !isEnough) settled = await readBack(parameters, settled, oldest);
  return { settled, tail, head, isComplete: oldestOf(settled, tail, head) <= deployedAtBlock, isPaused: isEnough };
}

function oldestOf(settled: readonly Segment[], tail: Segment | undefined, head: Known["head"]): bigint {
  return settled[0]?.fromBlock ?? tail?.fromBlock ?? head.number + 1n;
}

/** Reads the newest block and the chain's clock. */
async function readHead({ client, listener }: FollowParameters): Promise<{ number: bigint; hash: Hex }> {
  const [latest, pending] = await Promise.all([
    getBlock(client, { blockTag: "latest" }),
    getBlock(client, { blockTag: "pending" }).catch(() => undefined),
  ]);
  const latestTime = Number(latest.timestamp);
  listener.onTime({ latest: latestTime, next: Math.max(latestTime, Number(pending?.timestamp ?? 0n)), blockNumber: latest.number });
  return { number: latest.number, hash: latest.hash };
}

/** Drops the segments that are no longer part of the chain, newest first. */
async function withoutReorganised({ client, store, signal }: FollowParameters, segments: readonly Segment[]): Promise<readonly Segment[]> {
  let left = segments;
  for (let last = left.at(-1); last; last = left.at(-1)) {
    signal.throwIfAborted();
    if ((await blockHashAt(client, last.toBlock)) === last.toHash) return left;
    await store.drop(last);
    left = left.slice(0, -1);
  }
  return left;
}

/** Goes on from the cursor, the last segment's end, to the newest settled block. */
async function catchUp(parameters: FollowParameters, segments: readonly Segment[], head: Known["head"]): Promise<readonly Segment[]> {
  const settledTo = head.number - UNSETTLED_BLOCKS;
  let settled = segments;
  for (let last = settled.at(-1); last && last.toBlock < settledTo; last = settled.at(-1)) {
    const toBlock = smaller(last.toBlock + WINDOW_BLOCKS, settledTo);
    const next = await readSegment(parameters, { fromBlock: last.toBlock + 1n, toBlock });
    const grown = bounded(append(settled, next), MOST_TASKS);
    for (const gone of settled.filter(({ fromBlock }) => fromBlock < (grown[0]?.fromBlock ?? 0n))) await parameters.store.drop(gone);
    settled = grown;
    await parameters.store.keep(settled.at(-1) ?? next);
    if (toBlock < settledTo) parameters.listener.onKnown({ settled, tail: undefined, head, isComplete: false, isPaused: false });
  }
  return settled;
}

/** Reads the blocks that may still change: from the cursor, or as many as are unsettled where nothing is known yet. */
async function readTail(
  parameters: FollowParameters,
  settled: readonly Segment[],
  head: { number: bigint; hash: Hex },
): Promise<Segment | undefined> {
  const { deployedAtBlock } = parameters;
  const unsettledFrom = head.number - UNSETTLED_BLOCKS + 1n;
  const fromBlock = (settled.at(-1)?.toBlock ?? larger(unsettledFrom, deployedAtBlock) - 1n) + 1n;
  if (fromBlock > head.number) return undefined;
  return { ...(await readRange(parameters, { fromBlock, toBlock: head.number })), toHash: head.hash };
}

/** Reads one window before the oldest block that is known. */
async function readBack(parameters: FollowParameters, settled: readonly Segment[], oldest: bigint): Promise<readonly Segment[]> {
  const fromBlock = larger(oldest - WINDOW_BLOCKS, parameters.deployedAtBlock);
  const segment = await readSegment(parameters, { fromBlock, toBlock: oldest - 1n });
  await parameters.store.keep(segment);
  return [segment, ...settled];
}

async function readSegment(parameters: FollowParameters, range: { fromBlock: bigint; toBlock: bigint }): Promise<Segment> {
  const [read, toHash] = await Promise.all([readRange(parameters, range), blockHashAt(parameters.client, range.toBlock)]);
  if (toHash) return { ...read, toHash };
  throw new ParityError("RPC_FAILED", `The RPC does not have block ${range.toBlock}, which it had a moment ago.`);
}

function smaller(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}

function larger(a: bigint, b: bigint): bigint {
  return a > b ? a : b;
}
