import { readFile, rename, writeFile } from "node:fs/promises";
import {
  decodeJobSpec,
  isBlobName,
  isParityError,
  type JobSpec,
  jobBounds,
  listTasks,
  readBlob,
  runConcurrently,
  type Task,
} from "@parity-protocol/sdk";
import { createNodeSha256 } from "@parity-protocol/sdk/node";
import { getBlockNumber } from "viem/actions";
import type { FolderStore } from "../folder-store.ts";
import { locationUrls } from "../writers/grant-runner.ts";
import type { StoreChain } from "../writers/task-facts.ts";

/** Blocks that are read again each time: a reorganisation may have put other tasks into them. */
const OVERLAP_BLOCKS = 64n;
/** The tasks of so many blocks are held in memory at a time. */
const BLOCKS_AT_ONCE = 5_000n;
const MARKS_AT_ONCE = 16;

/** What following tasks needs. */
export interface TaskFollowing {
  chain: StoreChain;
  folder: FolderStore;
  /** What this store is called in locations. */
  publicUrls: readonly string[];
  /** Where to keep how far the chain was read. */
  cursorFile: string;
}

/**
 * Reads the tasks that were posted since the last time and notes, on the blobs of those that name this store, that they are used until
 * the task closes; returns how many tasks those were. Done twice it changes nothing, so the cursor may be lost.
 * @throws RPC_UNREACHABLE, RPC_FAILED
 */
export async function followTasks({ chain, folder, publicUrls, cursorFile }: TaskFollowing): Promise<number> {
  const { client, escrow } = chain;
  const cursor = await readCursor(cursorFile, chain);
  const head = await getBlockNumber(client, { cacheTime: 0 });
  let count = 0;
  for (let from = later(cursor - OVERLAP_BLOCKS, chain.fromBlock); from <= head; from += BLOCKS_AT_ONCE) {
    const toBlock = from + BLOCKS_AT_ONCE - 1n < head ? from + BLOCKS_AT_ONCE - 1n : head;
    const tasks = await listTasks(client, { escrow, fromBlock: from, toBlock });
    const own = tasks.filter(({ location }) => locationUrls(location).some((url) => publicUrls.includes(url)));
    for (const task of own) await markParts(folder, task);
    await writeCursor(cursorFile, chain, toBlock);
    count += own.length;
  }
  return count;
}

function later(a: bigint, b: bigint): bigint {
  return a > b ? a : b;
}

async function writeCursor(file: string, { chainId, escrow }: StoreChain, block: bigint): Promise<void> {
  await writeFile(`${file}.new`, JSON.stringify({ chainId, escrow, block: Number(block) }));
  await rename(`${file}.new`, file);
}

async function markParts(folder: FolderStore, { terms }: Task): Promise<void> {
  const jobHash = terms.jobHash.slice(2);
  const spec = isBlobName(jobHash) ? await readSpec(folder, jobHash) : undefined;
  if (!spec) return;
  const untilMs = (terms.commitDeadline + terms.revealDelaySeconds + terms.revealWindowSeconds) * 1000;
  const names = new Set([jobHash, ...archiveOf(spec), ...spec.input.map(({ sha256 }) => sha256)]);
  await runConcurrently(names, MARKS_AT_ONCE, async (name) => void (await folder.markUsed(name, untilMs)));
}

function archiveOf({ image }: JobSpec): string[] {
  return [image.archive];
}

/** A task whose job is not here, or is none, keeps nothing here. */
async function readSpec(folder: FolderStore, sha256: string): Promise<JobSpec | undefined> {
  try {
    return decodeJobSpec(await readBlob([folder], { sha256, maxBytes: jobBounds.specBytes, createHash: createNodeSha256 }));
  } catch (error) {
    if (isParityError(error, "BLOB_NOT_FOUND", "BLOB_TOO_LARGE", "JOB_SPEC_INVALID", "JOB_SPEC_NOT_CANONICAL")) return undefined;
    throw error;
  }
}

/** A cursor of another escrow, or none that can be read, begins anew. */
async function readCursor(file: string, { chainId, escrow, fromBlock }: StoreChain): Promise<bigint> {
  try {
    const cursor = JSON.parse(await readFile(file, "utf8")) as { chainId: number; escrow: string; block: number };
    return cursor.chainId === chainId && cursor.escrow === escrow ? BigInt(cursor.block) : fromBlock;
  } catch {
    return fromBlock;
  }
}
