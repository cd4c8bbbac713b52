import { encodeEventTopics, type Hex } from "viem";
import { getChainId } from "viem/actions";
import { type ChainClient, withChainErrors } from "../chain/chain-error.ts";
import { getHead, type LogQuery, scanLogs } from "../chain/scan-logs.ts";
import { withSignal } from "../chain/with-signal.ts";
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
  const topics = encoded(() => encodeEventTopics({ abi: taskEscrowAbi, eventName: "TaskPosted", args: only })) as LogQuery["topics"];
  for await (const { logs, toBlock } of scanLogs(client, { ...range, address: escrow, topics }))
    yield { tasks: logs.map((log) => taskOfLog(log, { chainId, escrow })).filter((task) => task !== undefined), toBlock };
}
