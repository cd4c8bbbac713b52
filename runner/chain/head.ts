import { type Hex, withChainErrors } from "@parity-protocol/sdk";
import type { Client } from "viem";
import { getBlock } from "viem/actions";

/** The newest block that a runner knows. */
export interface Head {
  number: bigint;
  hash: Hex;
  parentHash: Hex;
  /** Unix seconds. */
  timestamp: number;
  /** Unix seconds: what the next block's time would be when the head was read. */
  nextTimestamp: number;
  baseFeePerGasWei: bigint;
}

/** Enough of a block to recognise it. */
export type BlockId = Pick<Head, "number" | "hash">;

/** How a newly read head stands to the last one. `ahead`: blocks lie between them, so that the last one must be looked up. */
export type HeadRelation = "same" | "next" | "ahead" | "reorganised";

/** Compares a newly read head with the last block that was recorded. */
export function relateHeads(last: BlockId, head: Pick<Head, "number" | "hash" | "parentHash">): HeadRelation {
  if (head.hash === last.hash) return "same";
  if (head.number === last.number + 1n) return head.parentHash === last.hash ? "next" : "reorganised";
  return head.number > last.number ? "ahead" : "reorganised";
}

/** Reads the newest block; nothing if it is the `known` one. @throws RPC_UNREACHABLE, RPC_FAILED */
export async function readHead(client: Client, known?: Hex): Promise<Head | undefined> {
  const block = await withChainErrors(client, () => getBlock(client, { blockTag: "latest" }));
  if (block.hash === known) return undefined;
  const nextTimestamp = await readNextTimestamp(client, Number(block.timestamp));
  const { number, hash, parentHash } = block;
  return { number, hash, parentHash, timestamp: Number(block.timestamp), nextTimestamp, baseFeePerGasWei: block.baseFeePerGas ?? 0n };
}

/**
 * Reads what the next block's time would be now, unix seconds. A chain that makes blocks only for transactions stands still in between;
 * its pending block tells the time nevertheless.
 */
export async function readNextTimestamp(client: Client, latestTimestamp: number): Promise<number> {
  const pending = await getBlock(client, { blockTag: "pending" }).catch(() => undefined);
  return Math.max(latestTimestamp, Number(pending?.timestamp ?? 0n));
}

/** Says whether a block is still part of the chain. @throws RPC_UNREACHABLE, RPC_FAILED */
export async function isCanonical(client: Client, { number, hash }: BlockId): Promise<boolean> {
  return (await readHash(client, number)) === hash;
}

/** Reads the hash of the block of a number. @throws RPC_UNREACHABLE, RPC_FAILED */
export async function readHash(client: Client, blockNumber: bigint): Promise<Hex> {
  return (await withChainErrors(client, () => getBlock(client, { blockNumber }))).hash;
}
