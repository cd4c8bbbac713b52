import { parseEventLogs } from "viem";
import type { ChainClient } from "../chain/chain-error.ts";
import { encodeEscrowCall } from "../chain/encode-call.ts";
import { type SendOptions, type SentCall, sendCall } from "../chain/send-call.ts";
import { taskEscrowAbi } from "../protocol/contracts.ts";
import type { Payout } from "../protocol/split.ts";
import type { Address, Opening, TaskKey } from "../protocol/types.ts";

export interface ClaimPayoutParameters extends SendOptions {
  escrow: Address;
  task: TaskKey;
  /** What was committed to; openingOfReservation for a bare reservation in a DEAD task where nobody committed. */
  opening: Opening;
}

/**
 * Settles one slot of a closed task: its share and its bond go to the payee inside the opening, whoever calls.
 * @throws TASK_NOT_CLOSED, NO_SLOT, NOT_COMMITTED, WRONG_OPENING, TRANSFER_FAILED, and what sendCall throws
 * @example
 * const { payout } = await claimPayout(client, { escrow, task: key, opening });
 * console.log(`earned ${payout.shareWei} wei, bond back ${payout.bondWei} wei`);
 */
export async function claimPayout(client: ChainClient, parameters: ClaimPayoutParameters): Promise<SentCall & { payout: Payout }> {
  const { escrow, task, opening } = parameters;
  const data = encodeEscrowCall("claimPayout", [task, opening]);
  const sent = await sendCall(client, { to: escrow, data }, parameters);
  const [claimed] = parseEventLogs({ abi: taskEscrowAbi, eventName: "PayoutClaimed", logs: sent.receipt.logs });
  return { ...sent, payout: { shareWei: claimed?.args.share ?? 0n, bondWei: claimed?.args.bond ?? 0n } };
}
