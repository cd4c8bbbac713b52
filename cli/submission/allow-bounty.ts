import { type Address, approveBounty, isParityError, type Permit, signPermit } from "@parity-protocol/sdk";
import type { Sender } from "../network/connect.ts";
import type { Context } from "../program/context.ts";

/** A bounty in a token, and the deadline that its task will have. */
export interface Allowance {
  escrow: Address;
  amountWei: bigint;
  /** Unix seconds. */
  deadline: number;
}

/**
 * Lets an escrow of a token take the bounty: by a permit, which costs nothing, or where the token has none by an approval of exactly
 * the bounty, which is a transaction of its own.
 * @throws what signPermit and approveBounty throw
 */
export async function allowBounty(context: Context, sender: Sender, allowance: Allowance): Promise<Permit | undefined> {
  const { escrow, amountWei, deadline } = allowance;
  try {
    return await signPermit(sender, { escrow, amountWei, deadline: BigInt(deadline) });
  } catch (error) {
    if (!isParityError(error, "ASSET_HAS_NO_PERMIT")) throw error;
  }
  context.printer.progress("Approving the bounty…");
  const approved = await approveBounty(sender, { escrow, amountWei, signal: context.signal });
  if (approved)
    context.printer.step(
      { event: "approved", amountWei, transactionHash: approved.transactionHash },
      `Approved the bounty on the token, transaction ${approved.transactionHash}`,
    );
  return undefined;
}
