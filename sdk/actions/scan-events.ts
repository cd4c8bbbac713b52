import { getChainId } from "viem/actions";
import { type ChainClient, withChainErrors } from "../chain/chain-error.ts";
import { scanLogs } from "../chain/scan-logs.ts";
import { decodeLogs, type EscrowLogs } from "../protocol/escrow-logs.ts";
import type { Address } from "../protocol/types.ts";

export interface ScanEventsParameters {
  escrow: Address;
  fromBlock: bigint;
  toBlock: bigint;
  /** The most blocks to ask the RPC for at once; it is halved when the RPC refuses. */
  maxRange?: bigint;
  signal?: AbortSignal;
}

/** Everything that happened in an escrow in a range of blocks. */
export interface EventChunk extends EscrowLogs {
  fromBlock: bigint;
  toBlock: bigint;
}

/**
 * Reads everything that happened in an escrow, range by range: what an explorer or an indexer keeps.
 * @throws RPC_UNREACHABLE, RPC_FAILED, WAIT_ABORTED
 * @example
 * for await (const { events, toBlock } of scanEvents(client, { escrow, fromBlock, toBlock: head, maxRange: 10_000n }))
 *   await keep(events, toBlock);
 */
export async function* scanEvents(
  client: ChainClient,
  { escrow, ...range }: ScanEventsParameters,
): AsyncGenerator<EventChunk, void, undefined> {
  const chainId = await withChainErrors(client, () => getChainId(client));
  for await (const { logs, fromBlock, toBlock } of scanLogs(client, { ...range, address: escrow, topics: [] })) {
    yield { ...decodeLogs(logs, { chainId, escrow }), fromBlock, toBlock };
  }
}
