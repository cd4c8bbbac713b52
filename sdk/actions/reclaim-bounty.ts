import { parseEventLogs } from "viem";
import type { ChainClient } from "../chain/chain-error.ts";
import { encodeEscrowCall } from "../chain/encode-call.ts";
import { type SendOptions, type SentCall, sendCall } from "../chain/send-call.ts";
import { taskEscrowAbi } from "../protocol/contracts.ts";
import type { Address, TaskKey } from "../protocol/types.ts";

export interface ReclaimBountyParameters extends SendOptions {
  escrow: Address;
  task: TaskKey;
}

/**
 * Returns to the submitter what nobody earned in a closed task, whoever calls.
 * @throws TASK_NOT_CLOSED, ALREADY_RECLAIMED, TRANSFER_FAILED, and what sendCall throws
 * @example
 * const { amountWei } = await reclaimBounty(client, { escrow, task: key });
 */
export async function reclaimBounty(client: ChainClient, parameters: ReclaimBountyParameters): Promise<SentCall & { amountWei: bigint }> {
  const { escrow, task } = parameters;
  const data = encodeEscrowCall("reclaimBounty", [task]);
  const sent = await sendCall(client, { to: escrow, data }, parameters);
  const [reclaimed] = parseEventLogs({ abi: taskEscrowAbi, eventName: "BountyReclaimed", logs: sent.receipt.logs });
  return { ...sent, amountWei: reclaimed?.args.amount ?? 0n };
}
