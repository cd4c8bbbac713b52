import type { ChainClient } from "../chain/chain-error.ts";
import { encodeEscrowCall } from "../chain/encode-call.ts";
import { type SendOptions, type SentCall, sendCall } from "../chain/send-call.ts";
import type { Address, Hex, TaskKey } from "../protocol/types.ts";
import { getBondValue } from "./bond-value.ts";

export interface CommitResultParameters extends SendOptions {
  escrow: Address;
  task: TaskKey;
  /** 0x-hex, 32 bytes. */
  identity: Hex;
  /** What commitmentOf computes, 0x-hex, 31 bytes. Keep its opening first: without it, nobody can reveal. */
  commitment: Hex;
  /** What the task's gate asks for, 0x-hex; needed only without a reservation. */
  proof?: Hex;
}

/**
 * Seals an answer into the slot of the identity; takes a slot, and pays its bond, where it has none yet.
 * @throws WRONG_PHASE, ALREADY_COMMITTED, WRONG_RESERVER, WRONG_IDENTITY, NO_FREE_SLOT, RUNNER_NOT_ADMITTED, TOO_MANY_STRIKES,
 * RUNNER_IS_SUBMITTER, COMMITMENT_IS_ZERO, INSUFFICIENT_FUNDS, and what sendCall throws
 * @example
 * const commitment = commitmentOf({ chainId, escrow, taskId, opening: { identity, payee, outputHash, salt } });
 * await commitResult(client, { escrow, task: key, identity, commitment });
 */
export async function commitResult(client: ChainClient, parameters: CommitResultParameters): Promise<SentCall> {
  const { escrow, task, identity, commitment, proof = "0x" } = parameters;
  const value = await getBondValue(client, { escrow, task, identity });
  const data = encodeEscrowCall("commitResult", [task, identity, commitment, proof]);
  return sendCall(client, { to: escrow, data, value }, parameters);
}
