import { parseEventLogs, type RpcLog } from "viem";
import { taskEscrowAbi } from "./contracts.ts";
import { byPlace, type TaskEvent, toTaskEvent } from "./task-event.ts";
import { taskOfLog } from "./task-posted.ts";
import type { Address, Task } from "./types.ts";

/** What an escrow's logs tell. */
export interface EscrowLogs {
  /** In the chain's order. */
  events: TaskEvent[];
  /** The tasks that were posted, each checked against its id; an event of any other is not to be believed. */
  tasks: Task[];
}

/** Reads an escrow's raw logs, whoever served them; what is no event of an escrow is passed over. */
export function decodeLogs(logs: readonly RpcLog[], { chainId, escrow }: { chainId: number; escrow: Address }): EscrowLogs {
  const events = parseEventLogs({ abi: taskEscrowAbi, logs: [...logs], strict: true })
    .map(toTaskEvent)
    .sort(byPlace);
  const tasks = logs.map((log) => taskOfLog(log, { chainId, escrow })).filter((task) => task !== undefined);
  return { events, tasks };
}
