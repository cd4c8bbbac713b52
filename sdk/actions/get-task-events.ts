import { type Hex, pad, parseEventLogs, toEventSelector } from "viem";
import type { ChainClient } from "../chain/chain-error.ts";
import { collectLogs, getHead } from "../chain/scan-logs.ts";
import { taskEscrowAbi } from "../protocol/contracts.ts";
import { encoded } from "../protocol/encode-abi.ts";
import { byPlace, type TaskEvent, toTaskEvent } from "../protocol/task-event.ts";
import type { Address } from "../protocol/types.ts";

export interface GetTaskEventsParameters {
  escrow: Address;
  taskId: Hex;
  /** The block that posted the task, or an earlier one; the first unless told. */
  fromBlock?: bigint;
  /** The latest block unless told. */
  toBlock?: bigint;
  /** The most blocks to ask the RPC for at once; it is halved when the RPC refuses. */
  maxRange?: bigint;
  signal?: AbortSignal;
}

/** The events whose third topic is the task; it is the first one of all others. */
const strikeTopics = (["StrikeRecorded", "StrikesCleared"] as const).map((name) =>
  toEventSelector(taskEscrowAbi.find((item) => item.type === "event" && item.name === name) as never),
);

/**
 * Reads everything that happened to a task, in the chain's order.
 * @throws RPC_UNREACHABLE, RPC_FAILED, WAIT_ABORTED
 * @example
 * for (const event of await getTaskEvents(client, { escrow, taskId, fromBlock }))
 *   if (event.name === "ResultRevealed") console.log(event.args.identity, event.args.outputHash);
 */
export async function getTaskEvents(client: ChainClient, parameters: GetTaskEventsParameters): Promise<TaskEvent[]> {
  const { escrow, taskId, fromBlock = 0n, ...rest } = parameters;
  const range = { ...rest, address: escrow, fromBlock, toBlock: parameters.toBlock ?? (await getHead(client)) };
  const taskTopic = encoded(() => pad(taskId, { size: 32 }));
  const logs = await Promise.all([
    collectLogs(client, { ...range, topics: [null, taskTopic] }),
    collectLogs(client, { ...range, topics: [strikeTopics, null, null, taskTopic] }),
  ]);
  const parsed = parseEventLogs({ abi: taskEscrowAbi, logs: logs.flat(), strict: true });
  return parsed.map(toTaskEvent).sort(byPlace);
}
