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
  /** Whether the last blocks are read first; the logs of each answer are in the chain's order all the same. */
  isNewestFirst?: boolean;
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
 * After a refusal, so many answers in a row let the range grow again: what was refused for being dense comes to an end, and an RPC that
 * takes no longer ranges refuses one question more in so many.
 */
const answersToRegain = 16;

/**
 * Reads logs range by range, in order or from the newest back. RPCs refuse ranges that are too long or answers that are too large, each in its own words, or
 * answer too late; so every refusal halves the range, down to one block.
 * @throws RPC_UNREACHABLE, RPC_FAILED, WAIT_ABORTED
 */
export async function* scanLogs(client: ChainClient, query: LogQuery): AsyncGenerator<LogChunk, void, undefined> {
  const { maxLogs, isNewestFirst = false } = query;
  let [low, high] = [query.fromBlock, query.toBlock];
  const longest = query.maxRange !== undefined && query.maxRange > 0n ? query.maxRange : maximum(1n, high - low + 1n);
  let [most, answers] = [longest, 0];
  let range = maxLogs === undefined ? longest : minimum(longest, firstRange);
  while (low <= high) {
    throwIfAborted(query.signal);
    const from = isNewestFirst ? maximum(high - range + 1n, low) : low;
    const to = isNewestFirst ? high : minimum(low + range - 1n, high);
    const logs = await tryRange(client, query, { from, to });
    if (logs === "refused") {
      [range, most, answers] = [(to - from + 2n) / 2n, (to - from + 2n) / 2n, 0];
      continue;
    }
    answers += 1;
    if (answers % answersToRegain === 0) most = minimum(longest, most * 2n);
    const count = logs.length;
    yield { logs, fromBlock: from, toBlock: to };
    if (isNewestFirst) high = from - 1n;
    else low = to + 1n;
    range = minimum(most, nextRange(range, count, maxLogs));
  }
}

/** As many blocks as would have had the most that is wanted after too many logs, twice as many after few. */
function nextRange(range: bigint, count: number, maxLogs: number | undefined): bigint {
  if (maxLogs === undefined) return range * 2n;
  if (count > maxLogs) return maximum(1n, (range * BigInt(maxLogs)) / BigInt(count));
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

function maximum(a: bigint, b: bigint): bigint {
  return a > b ? a : b;
}
