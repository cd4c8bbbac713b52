import { type Address, getEscrow, ParityError } from "@parity-protocol/sdk";
import { createClient, http } from "viem";
import type { StoreChain } from "./writers/task-facts.ts";

/** Where a store finds the chain, as its configuration says it. */
export interface ChainPlace {
  rpcUrl: string;
  escrow: Address;
  fromBlock: bigint;
}

const RPC_TIMEOUT_MS = 10_000;

/**
 * Connects to the chain whose escrow says who submitters and runners are.
 * @throws RPC_UNREACHABLE, NO_CODE_AT_ESCROW, NOT_AN_ESCROW, ESCROW_CODE_UNKNOWN
 */
export async function connectChain({ rpcUrl, escrow, fromBlock }: ChainPlace): Promise<StoreChain> {
  const client = createClient({ transport: http(rpcUrl, { timeout: RPC_TIMEOUT_MS, retryCount: 1 }) });
  const { chainId, isKnownCode } = await getEscrow(client, { escrow });
  // Another contract could name anyone a runner of any task.
  if (!isKnownCode) throw new ParityError("ESCROW_CODE_UNKNOWN", `The contract at ${escrow} does not run this version's TaskEscrow.`);
  return { client, chainId, escrow, fromBlock };
}
