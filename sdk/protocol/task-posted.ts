import { getAbiItem, type Log, parseEventLogs, type RpcLog } from "viem";
import { taskEscrowAbi } from "./contracts.ts";
import { taskIdOf, termsHashOf } from "./task-id.ts";
import { fromContractTerms } from "./terms.ts";
import type { Address, Task } from "./types.ts";

/** Alone: with the whole ABI every event's selector is hashed anew for each log. */
const postedAbi = [getAbiItem({ abi: taskEscrowAbi, name: "TaskPosted" })] as const;

/** A `TaskPosted` event, decoded. */
export type TaskPosted = Pick<Log<bigint, number, boolean, undefined, true, typeof taskEscrowAbi, "TaskPosted">, "args" | "blockNumber">;

/**
 * Reads a task out of its `TaskPosted` log. The RPC that served it is not trusted with what the task id binds: undefined unless
 * chain, escrow, submitter and every term hash to the id. Only the location and the block's number are as the RPC says.
 */
export function taskOfLog(log: RpcLog, place: { chainId: number; escrow: Address }): Task | undefined {
  const [posted] = parseEventLogs({ abi: postedAbi, eventName: "TaskPosted", logs: [log], strict: true });
  return posted && taskOfEvent(posted, place);
}

/** Reads a task out of a decoded event, as {@link taskOfLog} does. */
export function taskOfEvent(
  { args, blockNumber }: TaskPosted,
  { chainId, escrow }: { chainId: number; escrow: Address },
): Task | undefined {
  if (blockNumber === null) return undefined;
  const { taskId, submitter, location } = args;
  const terms = fromContractTerms(args.terms);
  const key = { submitter, termsHash: termsHashOf({ chainId, escrow, terms }) };
  if (taskIdOf(key) !== taskId) return undefined;
  return { taskId, key, submitter, terms, location, blockNumber };
}
