import { decodeLogs, isParityError, joinChunks, ParityError, readChunks } from "@parity-protocol/sdk";
import type { RpcLog } from "viem";
import { z } from "zod";
import { type Entry, entryOf } from "../ledger/book.ts";
import type { Network } from "../network/network.ts";
import { type Listing, type ListingQuery, SHEET_TASKS } from "./listing.ts";

const ASK_TIMEOUT_MS = 15_000;
/** A sheet of full committees has about 2 MiB. */
const MAX_ANSWER_BYTES = 8 * 1024 ** 2;
/** A post, a decision, a reclaim, and for each of 24 slots a reservation, a commitment, a reveal, a claim and a strike. */
const MOST_LOGS = 3 + 24 * 5;

const hex = z.string().regex(/^0x[0-9a-fA-F]*$/);
const log = z.object({
  address: hex.length(42),
  topics: z.array(hex.length(66)).min(1).max(4),
  data: hex.max(20_000),
  blockNumber: hex.max(18),
  blockTimestamp: hex.max(18),
  transactionHash: hex.length(66),
  logIndex: hex.max(18),
});
const answerSchema = z.object({
  chainId: z.int(),
  escrow: hex.length(42),
  block: z.int().nonnegative(),
  total: z.int().nonnegative(),
  isMore: z.boolean().optional(),
  tasks: z.array(z.array(log).min(1).max(MOST_LOGS)).max(SHEET_TASKS),
});

/**
 * Asks the network's indexer for one sheet of tasks. It answers with the raw logs of each, which are read here as the chain's own:
 * an indexer can leave tasks out or tell events that were not, but each task is checked against its id.
 * @param now by the chain's clock, unix seconds
 * @throws INDEXER_FAILED
 */
export async function askIndexer(
  network: Network & { indexerUrl: string },
  { filter, search, sheet, now }: ListingQuery & { now: number },
  signal: AbortSignal,
): Promise<Listing> {
  const query = new URLSearchParams({ show: filter, search, at: String(now), sheet: String(sheet), tasks: String(SHEET_TASKS) });
  const host = new URL(network.indexerUrl).host;
  try {
    const answer = answerSchema.parse(JSON.parse(await read(`${network.indexerUrl.replace(/\/+$/, "")}/tasks?${query}`, signal)));
    requireSameEscrow(answer, network);
    const entries = answer.tasks.map((logs) => entryIn(logs, network));
    return { entries, total: answer.total, isMore: answer.isMore ?? false, indexer: { host, block: answer.block } };
  } catch (cause) {
    signal.throwIfAborted();
    if (isParityError(cause)) throw cause;
    const why = cause instanceof z.ZodError ? z.prettifyError(cause).slice(0, 300) : (cause as Error).message;
    throw new ParityError("INDEXER_FAILED", `The indexer at ${host} gave no list of tasks: ${why}`, { cause });
  }
}

function requireSameEscrow(answer: z.infer<typeof answerSchema>, { chainId, escrow }: Network): void {
  if (answer.chainId === chainId && answer.escrow.toLowerCase() === escrow.toLowerCase()) return;
  throw new ParityError("INDEXER_FAILED", `The indexer follows escrow ${answer.escrow} of chain ${answer.chainId}, not this page's.`);
}

function entryIn(logs: z.infer<typeof log>[], network: Network): Entry {
  const { events, tasks } = decodeLogs(logs as RpcLog[], network);
  const [task, ...others] = tasks;
  if (!task || others.length > 0) throw new ParityError("INDEXER_FAILED", "The indexer lists a task whose terms do not hash to its id.");
  return entryOf(
    task,
    events.filter(({ args }) => args.taskId === task.taskId),
  );
}

async function read(url: string, signal: AbortSignal): Promise<string> {
  const limit = AbortSignal.any([signal, AbortSignal.timeout(ASK_TIMEOUT_MS)]);
  const response = await fetch(url, { credentials: "omit", cache: "no-store", redirect: "error", signal: limit });
  if (!response.ok || !response.body) throw new Error(`it answered ${response.status}`);
  const chunks: Uint8Array[] = [];
  let total = 0;
  for await (const chunk of readChunks(response.body)) {
    total += chunk.length;
    if (total > MAX_ANSWER_BYTES) throw new Error("its answer is too long");
    chunks.push(chunk);
  }
  return new TextDecoder().decode(joinChunks(chunks));
}
