import { type Address, chainErrorOf, ParityError } from "@parity-protocol/sdk";
import { type Client, createClient, custom, getAddress } from "viem";
import type { Network } from "../network/network.ts";
import { chainOf, POLL_MS } from "../network/open-network.ts";
import type { Wallet } from "./discover.ts";

/** A wallet that let the page see an account, on the network's chain. The key stays in the wallet. */
export interface Connected {
  wallet: Wallet;
  address: Address;
  client: Client;
}

/**
 * Asks a wallet for an account and for the network's chain.
 * @throws TRANSACTION_REFUSED where its owner declines; WRONG_CHAIN where it knows no such chain
 */
export async function connectWallet(wallet: Wallet, network: Network): Promise<Connected> {
  const chain = chainOf(network);
  const transport = custom(wallet.provider);
  const asking = createClient({ chain, transport });
  const [account] = await declined(asking, () => wallet.provider.request({ method: "eth_requestAccounts" }));
  if (!account) throw new ParityError("TRANSACTION_REFUSED", "The wallet showed no account.");
  await requireChain(wallet, network);
  const address = getAddress(account);
  return { wallet, address, client: createClient({ account: address, chain, transport, pollingInterval: POLL_MS }) };
}

async function requireChain({ provider, name }: Wallet, { chainId }: Network): Promise<void> {
  const wanted = `0x${chainId.toString(16)}` as const;
  if (Number(await provider.request({ method: "eth_chainId" })) === chainId) return;
  try {
    await provider.request({ method: "wallet_switchEthereumChain", params: [{ chainId: wanted }] });
  } catch (cause) {
    throw new ParityError("WRONG_CHAIN", `${name} is on another chain than ${chainId}, and did not change to it.`, {
      cause,
      hint: `Add chain ${chainId} to the wallet, or choose it there.`,
    });
  }
}

/** A wallet's refusal in the project's words. */
async function declined<T>(client: Client, ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    if ((error as { code?: unknown }).code === 4001)
      throw new ParityError("TRANSACTION_REFUSED", "The wallet's owner declined.", { cause: error });
    throw chainErrorOf(error, client);
  }
}
