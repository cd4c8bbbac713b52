import { encodeFunctionData, erc20Abi } from "viem";
import { readContract } from "viem/actions";
import { type ChainClient, withChainErrors } from "../chain/chain-error.ts";
import { accountOf, type SendOptions, type SentCall, sendCall } from "../chain/send-call.ts";
import { withSignal } from "../chain/with-signal.ts";
import { isParityError } from "../errors/index.ts";
import type { Address } from "../protocol/types.ts";
import { getEscrow } from "./get-escrow.ts";

export interface ApproveBountyParameters extends SendOptions {
  escrow: Address;
  /** What the escrow may take from then on, in the token's smallest unit. */
  amountWei: bigint;
}

/**
 * Allows an escrow to take exactly an amount of its token from the client's account: what `postTask` needs where the token has no
 * permits. Sends nothing where the allowance is enough already, or the asset is the native currency; then resolves to nothing.
 * @throws ACCOUNT_MISSING, INSUFFICIENT_FUNDS, TRANSACTION_REVERTED, TRANSACTION_TIMED_OUT, and what getEscrow throws
 * @example
 * await approveBounty(client, { escrow, amountWei: terms.bountyWei });
 * await postTask(client, { escrow, terms, location });
 */
export async function approveBounty(client: ChainClient, parameters: ApproveBountyParameters): Promise<SentCall | undefined> {
  const { escrow, amountWei, signal } = parameters;
  const reader = withSignal(client, signal);
  const { address: owner } = accountOf(client);
  const { asset, isNative } = await getEscrow(reader, { escrow });
  if (isNative) return undefined;
  const token = { address: asset, abi: erc20Abi } as const;
  const allowance = await withChainErrors(reader, () =>
    readContract(reader, { ...token, functionName: "allowance", args: [owner, escrow] }),
  );
  if (allowance >= amountWei) return undefined;
  const approve = (amount: bigint) =>
    sendCall(client, { to: asset, data: encodeFunctionData({ ...token, functionName: "approve", args: [escrow, amount] }) }, parameters);
  try {
    return await approve(amountWei);
  } catch (error) {
    // Some tokens change an allowance only from or to zero.
    if (allowance === 0n || !isParityError(error, "TRANSACTION_REVERTED")) throw error;
    await approve(0n);
    return approve(amountWei);
  }
}
