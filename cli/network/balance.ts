import { type Address, ParityError, rpcLabel, withChainErrors } from "@parity-protocol/sdk";
import { erc20Abi } from "viem";
import { getBalance, readContract } from "viem/actions";
import type { Reader } from "./connect.ts";

/** A balance is a word of 256 bits. */
const MOST_WEI = 2n ** 256n;

/** Reads what an address has of the chain's own currency, in wei. @throws RPC_UNREACHABLE, RPC_FAILED */
export async function readBalance(client: Reader, address: Address): Promise<bigint> {
  const wei = await withChainErrors(client, () => getBalance(client, { address }));
  if (wei >= 0n && wei < MOST_WEI) return wei;
  throw new ParityError("RPC_FAILED", `${rpcLabel(client)} answered a question for a balance with what is none.`);
}

/** Reads what an address has of a token, in its smallest unit. @throws RPC_UNREACHABLE, RPC_FAILED */
export function readTokens(client: Reader, token: Address, owner: Address): Promise<bigint> {
  return withChainErrors(client, () => readContract(client, { address: token, abi: erc20Abi, functionName: "balanceOf", args: [owner] }));
}
