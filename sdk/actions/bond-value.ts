import { readContract } from "viem/actions";
import { type ChainClient, withChainErrors } from "../chain/chain-error.ts";
import { taskEscrowAbi } from "../protocol/contracts.ts";
import { taskIdOf } from "../protocol/task-id.ts";
import { type Address, type Hex, type TaskKey, zeroAddress } from "../protocol/types.ts";
import { getSlot } from "./get-slot.ts";
import { getTaskState } from "./get-task-state.ts";

/** For which task, and for which identity if it may have a slot already. */
export interface BondValueParameters {
  escrow: Address;
  task: TaskKey;
  identity?: Hex;
}

/** Reads how much native currency taking a slot takes: the bond, or nothing for a token, or for an identity that has a slot. */
export async function getBondValue(client: ChainClient, { escrow, task, identity }: BondValueParameters): Promise<bigint> {
  const taskId = taskIdOf(task);
  const { bondWei } = await getTaskState(client, { escrow, taskId });
  if (bondWei === 0n) return 0n;
  const [asset, slot] = await Promise.all([
    withChainErrors(client, () => readContract(client, { address: escrow, abi: taskEscrowAbi, functionName: "asset" })),
    identity ? getSlot(client, { escrow, taskId, identity }) : undefined,
  ]);
  return asset === zeroAddress && !slot ? bondWei : 0n;
}
