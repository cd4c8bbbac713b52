import type { Hex } from "viem";
import { ParityError } from "../errors/index.ts";
import type { Address } from "../protocol/types.ts";
import type { ChainClient } from "./chain-error.ts";
import { type SendOptions, type SentCall, sendCall } from "./send-call.ts";

/** A contract that was just created. */
export interface Deployed extends SentCall {
  address: Address;
  /** The block that it was created in: where a search for its events begins. */
  blockNumber: bigint;
}

/** Creates a contract from its creation code and encoded arguments. @throws what sendCall throws */
export async function deployCode(client: ChainClient, data: Hex, options: SendOptions): Promise<Deployed> {
  const sent = await sendCall(client, { data }, options);
  const { contractAddress, blockNumber } = sent.receipt;
  if (!contractAddress) throw new ParityError("TRANSACTION_REVERTED", `Transaction ${sent.transactionHash} created no contract.`);
  return { ...sent, address: contractAddress, blockNumber };
}
