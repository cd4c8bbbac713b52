import { readContract } from "viem/actions";
import { type ChainClient, withChainErrors } from "../chain/chain-error.ts";
import { taskEscrowAbi } from "../protocol/contracts.ts";
import type { Address, Hex } from "../protocol/types.ts";

export interface GetStrikesParameters {
  escrow: Address;
  /** A gate, or the submitter for tasks without one: see strikeScopeOf. */
  scope: Address;
  /** 0x-hex, 32 bytes. */
  identity: Hex;
}

/**
 * Reads how many strikes an identity has in a scope; `maxStrikes` of them refuse it for good.
 * @throws RPC_UNREACHABLE, NO_CODE_AT_ESCROW
 * @example
 * const strikes = await getStrikes(client, { escrow, scope: gate, identity });
 */
export function getStrikes(client: ChainClient, { escrow, scope, identity }: GetStrikesParameters): Promise<number> {
  return withChainErrors(client, () =>
    readContract(client, { address: escrow, abi: taskEscrowAbi, functionName: "strikesOf", args: [scope, identity] }),
  );
}
