import { readContract } from "viem/actions";
import { type ChainClient, withChainErrors } from "../chain/chain-error.ts";
import { type Abortable, withSignal } from "../chain/with-signal.ts";
import { taskEscrowAbi } from "../protocol/contracts.ts";
import { fromContractSlot } from "../protocol/slot.ts";
import type { Address, Hex, Slot } from "../protocol/types.ts";

export interface GetSlotParameters extends Abortable {
  escrow: Address;
  taskId: Hex;
  /** 0x-hex, 32 bytes. */
  identity: Hex;
}

/**
 * Reads the slot of an identity in a task; undefined where it has none, or none any more because it was settled.
 * @throws RPC_UNREACHABLE, NO_CODE_AT_ESCROW
 * @example
 * const slot = await getSlot(client, { escrow, taskId, identity: identityOf(runner) });
 * console.log(slot?.commitment ? "committed" : slot ? "reserved" : "no slot");
 */
export function getSlot(chain: ChainClient, { escrow, taskId, identity, signal }: GetSlotParameters): Promise<Slot | undefined> {
  const client = withSignal(chain, signal);
  return withChainErrors(client, async () => {
    const slot = await readContract(client, { address: escrow, abi: taskEscrowAbi, functionName: "slotOf", args: [taskId, identity] });
    return fromContractSlot(slot);
  });
}
