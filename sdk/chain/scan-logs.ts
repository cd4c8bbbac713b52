import { type Address, type Hex, numberToHex, type RpcLog } from "viem";
import { getBlockNumber } from "viem/actions";
import { ParityError } from "../errors/index.ts";
import { type ChainClient, chainErrorOf, isDisconnected, rpcLabel, withChainErrors } from "./chain-error.ts";
import { throwIfAborted } from "./pause.ts";

/** Which logs to read. */
export interface LogQuery {
  address: Address;
  /** As eth_getLogs takes them: null matches anything, a list any of its members. */
  topics: readonly (Hex | readonly Hex[] | null)[];
  fromBlock: bigint;
  toBlock: bigint;
  /** The most blocks to ask for at once, at least 1; all unless told. */
  maxRange?: bigint;
  /**
   * How many logs an answer should have at the most, so that a reader's memory does not grow with what happened: the first answers
   * are of a few blocks, and how many follow depends on how much was in them. Without it an answer may have any number.
   */
  maxLogs?: number;
  signal?: AbortSignal;
}

/** The logs of one range of blocks. */
export interface LogChunk {
  logs: RpcLog[];
  fromBlock: bigint;
  toBlock: bigint;
}

/** Blocks of the first answer where the number of logs matters. */
const firstRange = 4n;

/**
 * Reads logs range by range, in order. RPCs refuse ranges that are too long or answers that are too large, each in its own words;
 * so every refusal halves the range, down to one block.
 * @throws RPC_UNREACHABLE, RPC_FAILED, WAIT_ABORTED
 */
export async function* scanLogs(client: ChainClient, query: LogQuery): AsyncGenerator<LogChunk, void, undefined> {
  let from = query.fromBlock;
  let most = query.maxRange !== undefined && query.maxRange > 0n ? query.maxRange : query.toBlock - from + 1n;
  let range = query.maxLogs === undefined ? most : minimum(most, firstRange);
  while (from <= query.toBlock) {
    throwIfAborted(query.signal);
    const to = minimum(from + range - 1n, query.toBlock);
    const logs = await tryRange(client, query, { from, to });
    if (logs === "refused") {
      range = most = (to - from + 2n) / 2n;
      continue;
    }
    const count = logs.length;
    yield { logs, fromBlock: from, toBlock: to };
    from = to + 1n;
    range = minimum(most, nextRange(range, count, query.maxLogs));
  }
}

/** Half as many blocks after too many logs, twice as many after few. */
function nextRange(range: bigint, count: number, maxLogs: number | undefined): bigint {
  if (maxLogs === undefined) return range;
  if (count > maxLogs) return (range + 1n) / 2n;
  return count * 4 <= maxLogs ? range * 2n : range;
}

/** Reads all logs of a query at once. */
export async function collectLogs(client: ChainClient, query: LogQuery): Promise<RpcLog[]> {
  const logs: RpcLog[] = [];
  for await (const chunk of scanLogs(client, query)) for (const log of chunk.logs) logs.push(log);
  return logs;
}

/** Reads the number of the latest block, never from a cache. @throws RPC_UNREACHABLE, RPC_FAILED */
export function getHead(client: ChainClient): Promise<bigint> {
  return withChainErrors(client, () => getBlockNumber(client, { cacheTime: 0 }));
}

async function tryRange(client: ChainClient, query: LogQuery, { from, to }: { from: bigint; to: bigint }): Promise<RpcLog[] | "refused"> {
  const topics = query.topics.map((topic) => (typeof topic === "object" && topic !== null ? [...topic] : topic));
  const filter = { address: query.address, topics, fromBlock: numberToHex(from), toBlock: numberToHex(to) };
  try {
    const logs: unknown = await client.request({ method: "eth_getLogs", params: [filter] });
    if (Array.isArray(logs)) return logs as RpcLog[];
  } catch (error) {
    if (from < to && !isDisconnected(error)) return "refused";
    throw chainErrorOf(error, client);
  }
  throw new ParityError("RPC_FAILED", `${rpcLabel(client)} answered a question for events with something else.`);
}

function minimum(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}
