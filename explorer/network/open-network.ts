import { type Asset, type BlobSource, type Escrow, getAsset, getEscrow, httpStore } from "@parity-protocol/sdk";
import { createClient, defineChain, http } from "viem";
import type { Network } from "./network.ts";

const RPC_TIMEOUT_MS = 20_000;
/** How often the chain is looked at. */
export const POLL_MS = 3_000;

/** A network whose chain answered, and whose escrow is one. */
export interface OpenNetwork {
  network: Network;
  client: ReturnType<typeof clientOf>;
  escrow: Escrow;
  asset: Asset;
  /** The stores that the network names. What a task's location names is asked only when the visitor says so. */
  stores: readonly BlobSource[];
}

/**
 * Connects to a network.
 * @throws RPC_UNREACHABLE, RPC_FAILED, WRONG_CHAIN, NO_CODE_AT_ESCROW, NOT_AN_ESCROW
 */
export async function openNetwork(network: Network): Promise<OpenNetwork> {
  const client = clientOf(network);
  const escrow = await getEscrow(client, { escrow: network.escrow, chainId: network.chainId });
  const asset = await getAsset(client, escrow);
  return { network, client, escrow, asset, stores: network.storeUrls.map((url) => httpStore(url)) };
}

/** Describes the network's chain to viem. */
export function chainOf({ chainId, rpcUrl, name }: Network) {
  return defineChain({
    id: chainId,
    name: name ?? `Chain ${chainId}`,
    nativeCurrency: { name: "Ether", symbol: "ETH", decimals: 18 },
    rpcUrls: { default: { http: [rpcUrl] } },
  });
}

function clientOf(network: Network) {
  const transport = http(network.rpcUrl, { timeout: RPC_TIMEOUT_MS, retryCount: 1 });
  return createClient({ chain: chainOf(network), transport, pollingInterval: POLL_MS });
}
