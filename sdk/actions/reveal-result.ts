import type { ChainClient } from "../chain/chain-error.ts";
import { encodeEscrowCall } from "../chain/encode-call.ts";
import { type SendOptions, type SentCall, sendCall } from "../chain/send-call.ts";
import type { Address, Hex, Opening } from "../protocol/types.ts";

export interface RevealResultParameters extends SendOptions {
  escrow: Address;
  taskId: Hex;
  opening: Opening;
}

/**
 * Opens a seal, so that its vote is counted. Anyone who holds the opening may.
 * @throws WRONG_PHASE, NO_SLOT, NOT_COMMITTED, WRONG_OPENING, ALREADY_REVEALED, and what sendCall throws
 * @example
 * await revealResult(client, { escrow, taskId, opening: { identity, payee, outputHash, salt } });
 */
export async function revealResult(client: ChainClient, parameters: RevealResultParameters): Promise<SentCall> {
  const { escrow, taskId, opening } = parameters;
  const data = encodeEscrowCall("revealResult", [taskId, opening]);
  return sendCall(client, { to: escrow, data }, parameters);
}
