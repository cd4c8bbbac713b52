import type { ChainClient } from "../chain/chain-error.ts";
import { encodeEscrowCall } from "../chain/encode-call.ts";
import { type SendOptions, type SentCall, sendCall } from "../chain/send-call.ts";
import type { Address, Hex, TaskKey } from "../protocol/types.ts";
import { getBondValue } from "./bond-value.ts";

export interface ReserveSlotParameters extends SendOptions {
  escrow: Address;
  task: TaskKey;
  /** What the task's gate asks for, 0x-hex; empty unless told. */
  proof?: Hex;
}

/**
 * Takes a slot before any work is done, and pays its bond; where the asset is a token, by allowance.
 * @throws WRONG_PHASE, NO_FREE_SLOT, RUNNER_IS_SUBMITTER, RUNNER_NOT_ADMITTED, TOO_MANY_STRIKES, SLOT_ALREADY_TAKEN,
 * INSUFFICIENT_FUNDS, ALLOWANCE_TOO_LOW, and what sendCall throws
 * @example
 * await reserveSlot(client, { escrow, task: key, proof });
 */
export async function reserveSlot(client: ChainClient, parameters: ReserveSlotParameters): Promise<SentCall> {
  const { escrow, task, proof = "0x" } = parameters;
  const value = await getBondValue(client, { escrow, task });
  const data = encodeEscrowCall("reserveSlot", [task, proof]);
  return sendCall(client, { to: escrow, data, value }, parameters);
}
