import { type Address, ParityError } from "@parity-protocol/sdk";
import { type Account, createClient, defineChain, http } from "viem";
import { getChainId } from "viem/actions";
import type { Settings } from "./settings.ts";

const RPC_TIMEOUT_MS = 20_000;

/** A client that reads. */
export type Reader = ReturnType<typeof readerOf>;

/** A client that signs and sends as well. */
export type Sender = ReturnType<typeof senderOf>;

/** A chain that answered, and is the one that was meant. */
export interface Connection {
  client: Reader;
  chainId: number;
  rpcUrl: string;
}

/**
 * Connects to the chain of the settings.
 * @throws RPC_UNREACHABLE; WRONG_CHAIN when it is not the network file's
 */
export async function connect(settings: Pick<Settings, "rpcUrl" | "chainId" | "isHeldByUp">): Promise<Connection> {
  const chainId = await chainIdOf(settings);
  if (settings.chainId !== undefined && settings.chainId !== chainId)
    throw new ParityError("WRONG_CHAIN", `The RPC serves chain ${chainId}; the network file means chain ${settings.chainId}.`);
  return { client: readerOf(settings.rpcUrl, chainId), chainId, rpcUrl: settings.rpcUrl };
}

/** Gives a connection an account to send with. */
export function sendAs(connection: Connection, account: Account): Sender {
  return senderOf(connection, account);
}

/** Requires that the settings name an escrow. @throws NETWORK_UNKNOWN */
export function escrowOf(settings: Settings): Address {
  if (settings.escrow) return settings.escrow;
  throw new ParityError("NETWORK_UNKNOWN", "The network's RPC is known, but not its escrow.", {
    hint: "Name it: --escrow, or PARITY_ESCROW.",
  });
}

async function chainIdOf({ rpcUrl, isHeldByUp }: Pick<Settings, "rpcUrl" | "isHeldByUp">): Promise<number> {
  try {
    return await getChainId(createClient({ transport: transportOf(rpcUrl) }));
  } catch (cause) {
    // Its message would quote the URL, which may hold a credential.
    const host = new URL(rpcUrl).host;
    throw new ParityError("RPC_UNREACHABLE", `The RPC at ${host} did not answer as a chain's.`, {
      cause,
      ...(isHeldByUp ? { hint: "The local network that .parity/network.json names is not running: start one with `parity up`." } : {}),
    });
  }
}

function transportOf(rpcUrl: string) {
  return http(rpcUrl, { timeout: RPC_TIMEOUT_MS, retryCount: 2 });
}

function chainOf(rpcUrl: string, chainId: number) {
  return defineChain({
    id: chainId,
    name: `chain ${chainId}`,
    nativeCurrency: { name: "Ether", symbol: "ETH", decimals: 18 },
    rpcUrls: { default: { http: [rpcUrl] } },
  });
}

function readerOf(rpcUrl: string, chainId: number) {
  return createClient({ chain: chainOf(rpcUrl, chainId), transport: transportOf(rpcUrl), pollingInterval: 500 });
}

function senderOf({ rpcUrl, chainId }: Connection, account: Account) {
  return createClient({ chain: chainOf(rpcUrl, chainId), transport: transportOf(rpcUrl), account, pollingInterval: 500 });
}
