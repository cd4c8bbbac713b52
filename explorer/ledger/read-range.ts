import { type Address, type Hex, runConcurrently, scanEvents, type Task, type TaskEvent, withChainErrors } from "@parity-protocol/sdk";
import { BlockNotFoundError, type Client } from "viem";
import { getBlock } from "viem/actions";
import type { Segment } from "./segment.ts";

const CONCURRENT_READS = 6;

/** An escrow on the chain of a client. */
export interface Place {
  client: Client;
  escrow: Address;
  signal: AbortSignal;
  /** How many blocks the RPC was found to answer for at once. */
  pace: { maxRange: bigint };
}

/** Reads what happened in a range of blocks, with the time of each event. @throws RPC_UNREACHABLE, RPC_FAILED, WAIT_ABORTED */
export async function readRange(place: Place, range: { fromBlock: bigint; toBlock: bigint }): Promise<Omit<Segment, "toHash">> {
  const events: TaskEvent[] = [];
  const tasks: Task[] = [];
  const { client, escrow, signal, pace } = place;
  for await (const chunk of scanEvents(client, { ...range, escrow, signal, maxRange: pace.maxRange })) {
    const isFirst = chunk.fromBlock === range.fromBlock;
    const isCut = chunk.toBlock < range.toBlock;
    if (isFirst && isCut) pace.maxRange = chunk.toBlock - chunk.fromBlock + 1n; // the next range need not be refused first
    for (const event of chunk.events) events.push(event);
    for (const task of chunk.tasks) tasks.push(task);
  }
  return { ...range, events: await withTimes(place, events), tasks };
}

/** Adds the time of each event's block: not every RPC says it with a log. */
export async function withTimes({ client, signal }: Pick<Place, "client" | "signal">, events: readonly TaskEvent[]): Promise<TaskEvent[]> {
  const times = new Map<bigint, number>();
  const unknown = new Set(events.filter(({ blockTime }) => blockTime === undefined).map(({ blockNumber }) => blockNumber));
  await runConcurrently([...unknown], CONCURRENT_READS, async (blockNumber) => {
    signal.throwIfAborted();
    const { timestamp } = await withChainErrors(client, () => getBlock(client, { blockNumber }));
    times.set(blockNumber, Number(timestamp));
  });
  return events.map((event) => ({ ...event, blockTime: event.blockTime ?? times.get(event.blockNumber) ?? 0 }));
}

/** Reads the hash of a block; undefined where the chain has none of that number. @throws RPC_UNREACHABLE, RPC_FAILED */
export async function blockHashAt(client: Client, blockNumber: bigint): Promise<Hex | undefined> {
  return withChainErrors(client, async () => {
    try {
      return (await getBlock(client, { blockNumber })).hash;
    } catch (error) {
      if (error instanceof BlockNotFoundError) return undefined;
      throw error;
    }
  });
}
