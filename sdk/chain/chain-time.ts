import { getBlock } from "viem/actions";
import { type ChainClient, withChainErrors } from "./chain-error.ts";

/** The chain's clock. All numbers are unix seconds. */
export interface ChainTime {
  /** The time of the latest block: what a call that reads the latest state sees. */
  latest: number;
  /** The time that the next block would have now; the latest block's where the node does not say. Never before `latest`. */
  next: number;
  /** The latest block's number. */
  blockNumber: bigint;
}

/**
 * Reads the chain's clock. On a chain that makes blocks only for transactions, `next` goes on while `latest` stands still.
 * @throws RPC_UNREACHABLE, RPC_FAILED
 */
export async function getChainTime(client: ChainClient): Promise<ChainTime> {
  const [latest, next] = await withChainErrors(client, () =>
    Promise.all([getBlock(client, { blockTag: "latest" }), getBlock(client, { blockTag: "pending" }).catch(() => undefined)]),
  );
  const latestSeconds = Number(latest.timestamp);
  return { latest: latestSeconds, next: Math.max(latestSeconds, Number(next?.timestamp ?? 0n)), blockNumber: latest.number };
}
