import { type Chain, createWalletClient, custom, type EIP1193Provider, http } from "viem";
import { privateKeyToAccount } from "viem/accounts";

/** A key of one's own, over HTTP: for a program that runs by itself. */
export function clientOfKey(chain: Chain, { rpcUrl, privateKey }: { rpcUrl: string; privateKey: `0x${string}` }) {
  return createWalletClient({ account: privateKeyToAccount(privateKey), chain, transport: http(rpcUrl) });
}

/** A browser's wallet, by EIP-1193: it keeps the key, asks its owner and sends. */
export async function clientOfWallet(chain: Chain, provider: EIP1193Provider) {
  const [account] = await provider.request({ method: "eth_requestAccounts" });
  if (!account) throw new Error("The wallet shows no account.");
  return createWalletClient({ account, chain, transport: custom(provider) });
}
