import type { Hex, parseEventLogs } from "viem";
import type { taskEscrowAbi } from "./contracts.ts";

type ParsedLog = ReturnType<typeof parseEventLogs<typeof taskEscrowAbi, true>>[number];

/** Where in the chain an event stands. */
export interface EventPlace {
  blockNumber: bigint;
  logIndex: number;
  transactionHash: Hex;
  /** The block's time, unix seconds, where the RPC says it with a log; not every one does. */
  blockTime?: number;
}

/** One event in a task's life; `name` decides which `args` it has, under the contract's names. */
export type TaskEvent = {
  [Name in ParsedLog["eventName"]]: { name: Name; args: Extract<ParsedLog, { eventName: Name }>["args"] } & EventPlace;
}[ParsedLog["eventName"]];

/** Renames what viem made of a log. */
export function toTaskEvent(log: ParsedLog): TaskEvent {
  const { blockTimestamp } = log as { blockTimestamp?: Hex | bigint | null };
  const place: EventPlace = {
    blockNumber: BigInt(log.blockNumber ?? 0),
    logIndex: Number(log.logIndex),
    transactionHash: log.transactionHash,
    ...(blockTimestamp === undefined || blockTimestamp === null ? {} : { blockTime: Number(blockTimestamp) }),
  };
  return { name: log.eventName, args: log.args, ...place } as TaskEvent;
}

/** Orders events as the chain does. */
export function byPlace(a: EventPlace, b: EventPlace): number {
  return a.blockNumber === b.blockNumber ? a.logIndex - b.logIndex : a.blockNumber < b.blockNumber ? -1 : 1;
}
