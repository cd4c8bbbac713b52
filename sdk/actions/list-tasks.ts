import { encodeEventTopics, type Hex, numberToHex } from "viem";
import { getChainId } from "viem/actions";
import { type ChainClient, rpcLabel, withChainErrors } from "../chain/chain-error.ts";
import { getHead, type LogQuery, scanLogs } from "../chain/scan-logs.ts";
import { withSignal } from "../chain/with-signal.ts";
import { ParityError } from "../errors/index.ts";
import { taskEscrowAbi } from "../protocol/contracts.ts";
import { encoded } from "../protocol/encode-abi.ts";
import { taskOfLog } from "../protocol/task-posted.ts";
import type { Address, Task } from "../protocol/types.ts";

export interface ListTasksParameters {
  escrow: Address;
  /** The escrow's deployment is early enough. */
  fromBlock: bigint;
  /** The latest block unless told. */
  toBlock?: bigint;
  /** Only this task, only this submitter's tasks, only tasks of this job. */
  only?: { taskId?: Hex; submitter?: Address; jobHash?: Hex };
  /** Only the newest so many: the chain is read backwards, and no further than until they are found. */
  newest?: number;
  /** The most blocks to ask the RPC for at once; it is halved when the RPC refuses. */
  maxRange?: bigint;
  signal?: AbortSignal;
}

/**
 * Lists the tasks that were posted in a range of blocks, in their order, each checked against its id.
 * @throws RPC_UNREACHABLE, RPC_FAILED, WAIT_ABORTED
 * @example
 * for (const { taskId, terms } of await listTasks(client, { escrow, fromBlock: deployedAtBlock }))
 *   console.log(taskId, terms.bountyWei);
 */
export async function listTasks(chain: ChainClient, parameters: ListTasksParameters): Promise<Task[]> {
  const client = withSignal(chain, parameters.signal);
  const { newest } = parameters;
  if (newest !== undefined) return newestTasks(client, { ...parameters, newest });
  const toBlock = parameters.toBlock ?? (await getHead(client));
  const tasks: Task[] = [];
  for await (const chunk of scanTasks(client, { ...parameters, toBlock })) tasks.push(...chunk.tasks);
  return tasks;
}

/** Reads posted tasks range by range; `toBlock` of each says how far all is known. */
export async function* scanTasks(
  client: ChainClient,
  { escrow, only = {}, ...range }: ListTasksParameters & { toBlock: bigint },
): AsyncGenerator<{ tasks: Task[]; toBlock: bigint }, void, undefined> {
  const chainId = await withChainErrors(client, () => getChainId(client));
  const topics = topicsOf(only);
  for await (const { logs, toBlock } of scanLogs(client, { ...range, address: escrow, topics }))
    yield { tasks: logs.map((log) => taskOfLog(log, { chainId, escrow })).filter((task) => task !== undefined), toBlock };
}

/** How often the newest tasks are read while the chain changes its latest blocks. */
const ATTEMPTS = 4;

type NewestTasks = ListTasksParameters & { newest: number };

/** Tasks of different answers are of one chain where the last block is still the same afterwards. */
async function newestTasks(client: ChainClient, parameters: NewestTasks): Promise<Task[]> {
  if (parameters.newest < 1) return [];
  const chainId = await withChainErrors(client, () => getChainId(client));
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const toBlock = parameters.toBlock ?? (await getHead(client));
    const hash = await blockHash(client, toBlock);
    const tasks = await readBack(client, { ...parameters, toBlock }, chainId);
    if (hash !== undefined && (await blockHash(client, toBlock)) === hash) return tasks;
  }
  throw new ParityError("RPC_FAILED", `${rpcLabel(client)} had other blocks each of ${ATTEMPTS} times that tasks were read.`);
}

async function readBack(
  client: ChainClient,
  { escrow, only = {}, newest, ...range }: NewestTasks & { toBlock: bigint },
  chainId: number,
): Promise<Task[]> {
  const found: Task[] = [];
  const query = { ...range, address: escrow, topics: topicsOf(only), maxLogs: newest, isNewestFirst: true };
  for await (const { logs } of scanLogs(client, query))
    for (const log of logs.toReversed()) {
      const task = taskOfLog(log, { chainId, escrow });
      if (task) found.push(task);
      if (found.length >= newest) return found.toReversed();
    }
  return found.toReversed();
}

/** Reads a block's hash; undefined where the RPC has no such block, or not any more. */
async function blockHash(client: ChainClient, blockNumber: bigint): Promise<Hex | undefined> {
  const block = await withChainErrors(client, () =>
    client.request({ method: "eth_getBlockByNumber", params: [numberToHex(blockNumber), false] }),
  );
  return block?.hash ?? undefined;
}

function topicsOf(only: NonNullable<ListTasksParameters["only"]>): LogQuery["topics"] {
  return encoded(() => encodeEventTopics({ abi: taskEscrowAbi, eventName: "TaskPosted", args: only })) as LogQuery["topics"];
}
