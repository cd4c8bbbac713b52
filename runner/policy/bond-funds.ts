import { type Address, zeroAddress } from "@parity-protocol/sdk";
import { type Client, erc20Abi } from "viem";
import { getBalance, readContract } from "viem/actions";

/** What a runner can pay with. */
export interface Funds {
  nativeWei: bigint;
  /** What the escrow can collect as a bond, in its asset. */
  bondWei: bigint;
}

/** Reads what the escrow could collect from the runner. @throws RPC_UNREACHABLE, RPC_FAILED */
export async function readFunds(
  client: Client,
  { runner, escrow, asset }: { runner: Address; escrow: Address; asset: Address },
): Promise<Funds> {
  if (asset === zeroAddress) {
    const nativeWei = await getBalance(client, { address: runner });
    return { nativeWei, bondWei: nativeWei };
  }
  const token = { address: asset, abi: erc20Abi } as const;
  const [nativeWei, balance, allowance] = await Promise.all([
    getBalance(client, { address: runner }),
    readContract(client, { ...token, functionName: "balanceOf", args: [runner] }),
    readContract(client, { ...token, functionName: "allowance", args: [runner, escrow] }),
  ]);
  if (allowance < balance) return { nativeWei, bondWei: allowance };
  return { nativeWei, bondWei: balance };
}
