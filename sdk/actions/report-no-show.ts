import type { ChainClient } from "../chain/chain-error.ts";
import { encodeEscrowCall } from "../chain/encode-call.ts";
import { type SendOptions, type SentCall, sendCall } from "../chain/send-call.ts";
import type { Address, Hex, TaskKey } from "../protocol/types.ts";

export interface ReportNoShowParameters extends SendOptions {
  escrow: Address;
  task: TaskKey;
  /** Of the slot that did not keep its promise, 0x-hex, 32 bytes. */
  identity: Hex;
}

/**
 * Records a strike against a runner that took a slot of a closed task and did not reveal. Anyone may.
 * @throws TASK_NOT_CLOSED, NO_SLOT, NOT_A_NO_SHOW, and what sendCall throws
 * @example
 * await reportNoShow(client, { escrow, task: key, identity });
 */
export async function reportNoShow(client: ChainClient, parameters: ReportNoShowParameters): Promise<SentCall> {
  const { escrow, task, identity } = parameters;
  const data = encodeEscrowCall("reportNoShow", [task, identity]);
  return sendCall(client, { to: escrow, data }, parameters);
}
