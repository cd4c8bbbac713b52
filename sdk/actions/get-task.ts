import type { ChainClient } from "../chain/chain-error.ts";
import { getHead } from "../chain/scan-logs.ts";
import { ParityError } from "../errors/index.ts";
import type { Address, Hex, Task } from "../protocol/types.ts";
import { getTaskState } from "./get-task-state.ts";
import { scanTasks } from "./list-tasks.ts";

export interface GetTaskParameters {
  escrow: Address;
  taskId: Hex;
  /** Where to begin the search; the escrow's deployment is early enough, the first block unless told. */
  fromBlock?: bigint;
  signal?: AbortSignal;
}

/**
 * Reads a task's terms and key from its event, checked against the task id.
 * @throws TASK_UNKNOWN, TASK_EVENT_MISSING, RPC_UNREACHABLE, RPC_FAILED
 * @example
 * const { terms, key, location } = await getTask(client, { escrow, taskId, fromBlock: deployedAtBlock });
 */
export async function getTask(client: ChainClient, parameters: GetTaskParameters): Promise<Task> {
  const { taskId, fromBlock = 0n } = parameters;
  const [{ phase }, toBlock] = await Promise.all([getTaskState(client, parameters), getHead(client)]);
  if (phase === "NONE") throw new ParityError("TASK_UNKNOWN", `The escrow ${parameters.escrow} has no task ${taskId}.`);
  for await (const { tasks } of scanTasks(client, { ...parameters, fromBlock, toBlock, only: { taskId } })) if (tasks[0]) return tasks[0];
  throw new ParityError("TASK_EVENT_MISSING", `The event of task ${taskId} is not in blocks ${fromBlock} to ${toBlock}.`);
}
