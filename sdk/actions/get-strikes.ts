import { readContract } from "viem/actions";
import { type ChainClient, withChainErrors } from "../chain/chain-error.ts";
import { type Abortable, withSignal } from "../chain/with-signal.ts";
import { taskEscrowAbi } from "../protocol/contracts.ts";
import type { Address, Hex } from "../protocol/types.ts";

export interface GetStrikesParameters extends Abortable {
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
export function getStrikes(chain: ChainClient, { escrow, scope, identity, signal }: GetStrikesParameters): Promise<number> {
  const client = withSignal(chain, signal);
  return withChainErrors(client, () =>
    readContract(client, { address: escrow, abi: taskEscrowAbi, functionName: "strikesOf", args: [scope, identity] }),
  );
}
