import { parseEventLogs } from "viem";
import { getChainId } from "viem/actions";
import { type ChainClient, withChainErrors } from "../chain/chain-error.ts";
import { scanLogs } from "../chain/scan-logs.ts";
import { taskEscrowAbi } from "../protocol/contracts.ts";
import { byPlace, type TaskEvent, toTaskEvent } from "../protocol/task-event.ts";
import { taskOfLog } from "../protocol/task-posted.ts";
import type { Address, Task } from "../protocol/types.ts";

export interface ScanEventsParameters {
  escrow: Address;
  fromBlock: bigint;
  toBlock: bigint;
  /** The most blocks to ask the RPC for at once; it is halved when the RPC refuses. */
  maxRange?: bigint;
  signal?: AbortSignal;
}

/** Everything that happened in an escrow in a range of blocks. */
export interface EventChunk {
  /** In the chain's order. */
  events: TaskEvent[];
  /** The tasks that were posted in the range, each checked against its id; an event of any other is not to be believed. */
  tasks: Task[];
  fromBlock: bigint;
  toBlock: bigint;
}

/**
 * Reads everything that happened in an escrow, range by range: what an explorer or an indexer keeps.
 * @throws RPC_UNREACHABLE, RPC_FAILED, WAIT_ABORTED
 * @example
 * for await (const { events, toBlock } of scanEvents(client, { escrow, fromBlock, toBlock: head, maxRange: 10_000n }))
 *   await keep(events, toBlock);
 */
export async function* scanEvents(
  client: ChainClient,
  { escrow, ...range }: ScanEventsParameters,
): AsyncGenerator<EventChunk, void, undefined> {
  const chainId = await withChainErrors(client, () => getChainId(client));
  for await (const { logs, fromBlock, toBlock } of scanLogs(client, { ...range, address: escrow, topics: [] })) {
    const events = parseEventLogs({ abi: taskEscrowAbi, logs, strict: true }).map(toTaskEvent).sort(byPlace);
    const tasks = logs.map((log) => taskOfLog(log, { chainId, escrow })).filter((task) => task !== undefined);
    yield { events, tasks, fromBlock, toBlock };
  }
}
