import { type ChainClient, chainErrorOf } from "../chain/chain-error.ts";
import { backoffMs, pause } from "../chain/pause.ts";
import { getHead } from "../chain/scan-logs.ts";
import type { ParityError } from "../errors/index.ts";
import type { Address, Hex, Task } from "../protocol/types.ts";
import { scanTasks } from "./list-tasks.ts";

export interface WatchTasksParameters {
  escrow: Address;
  /** The first block to look at. Kept from an earlier watch, it makes that nothing is missed in between. */
  fromBlock: bigint;
  /** Called for every task, one after the other; a task is told once. What it throws ends the watch. */
  onTask: (task: Task) => void | Promise<void>;
  /** Called when the RPC fails; the watch goes on by itself, less and less often until the RPC answers again. */
  onError?: (error: ParityError) => void;
  /** Called after each look with the block from which a later watch has to begin; it may tell the last few tasks again. */
  onProgress?: (fromBlock: bigint) => void;
  /** Ends the watch. */
  signal?: AbortSignal;
  /** Milliseconds between two looks; the client's polling interval unless told. */
  pollMs?: number;
  /** Look only at blocks that so many others follow; 0 unless told. */
  confirmations?: number;
  /** The most blocks to ask the RPC for at once. */
  maxRange?: bigint;
}

/**
 * So many blocks are read again each time: a reorg may have moved a task, and an RPC behind a load balancer may have answered from
 * a node that did not have the latest ones yet.
 */
const overlapBlocks = 32n;

/**
 * Tells every task that is posted, from a block on, none missed and none twice, until the signal ends it. Survives RPC errors.
 * @example
 * await watchTasks(client, { escrow, fromBlock: deployedAtBlock, signal, onTask: ({ taskId }) => console.log(taskId) });
 */
export async function watchTasks(client: ChainClient, parameters: WatchTasksParameters): Promise<void> {
  const { onError, onProgress, signal, pollMs = client.pollingInterval } = parameters;
  const watch: Watch = { nextBlock: parameters.fromBlock, told: new Map() };
  let failures = 0;
  while (!signal?.aborted) {
    const failure = await tryLook(client, parameters, watch);
    failures = failure ? failures + 1 : 0;
    if (failure) onError?.(failure);
    else onProgress?.(oldestUnsettled(watch, parameters));
    await pause(backoffMs(pollMs, failures), signal).catch(() => undefined);
  }
}

/** Looks at the new blocks; the chain's failures are values, so that what the caller's callbacks throw is not mistaken for one. */
async function tryLook(client: ChainClient, parameters: WatchTasksParameters, watch: Watch): Promise<ParityError | undefined> {
  try {
    await look(client, parameters, watch);
  } catch (error) {
    if (error instanceof OnTaskFailed) throw error.cause;
    return parameters.signal?.aborted ? undefined : chainErrorOf(error, client);
  }
  return undefined;
}

interface Watch {
  /** The first block that was not looked at yet. */
  nextBlock: bigint;
  /** The tasks of the overlap that were told, with their blocks. */
  told: Map<Hex, bigint>;
}

/** Tells the caller's failure apart from the chain's. */
class OnTaskFailed extends Error {}

async function look(client: ChainClient, parameters: WatchTasksParameters, watch: Watch): Promise<void> {
  const { escrow, onTask, signal, maxRange, confirmations = 0 } = parameters;
  const toBlock = (await getHead(client)) - BigInt(confirmations);
  const query = {
    escrow,
    fromBlock: oldestUnsettled(watch, parameters),
    toBlock,
    ...(maxRange && { maxRange }),
    ...(signal && { signal }),
  };
  for await (const chunk of scanTasks(client, query)) {
    for (const task of chunk.tasks) {
      if (signal?.aborted) return;
      if (!watch.told.has(task.taskId)) await tell(onTask, task);
      watch.told.set(task.taskId, task.blockNumber); // the block too: a reorg may have moved a task that was told
    }
    if (chunk.toBlock >= watch.nextBlock) watch.nextBlock = chunk.toBlock + 1n;
  }
  const oldest = oldestUnsettled(watch, parameters);
  for (const [taskId, blockNumber] of watch.told) if (blockNumber < oldest) watch.told.delete(taskId);
}

function oldestUnsettled(watch: Watch, { fromBlock }: WatchTasksParameters): bigint {
  const oldest = watch.nextBlock - overlapBlocks;
  return oldest > fromBlock ? oldest : fromBlock;
}

async function tell(onTask: WatchTasksParameters["onTask"], task: Task): Promise<void> {
  try {
    await onTask(task);
  } catch (cause) {
    throw new OnTaskFailed("onTask threw", { cause });
  }
}
