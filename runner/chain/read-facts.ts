import {
  type Address,
  fromContractState,
  getResult,
  getSlot,
  getTaskState,
  type Hex,
  isDecided,
  phaseOf,
  type Slot,
  type TaskState,
  withChainErrors,
} from "@parity-protocol/sdk";
import { taskEscrowAbi } from "@parity-protocol/sdk/contracts";
import type { Client } from "viem";
import { getBlock, getBlockNumber, readContract } from "viem/actions";

/** What the chain says about a task and one identity's part in it, read in one round trip. */
export interface ChainFacts {
  blockNumber: bigint;
  /** Unix seconds: the latest block's time. */
  timestamp: number;
  state: TaskState;
  slot?: Slot;
  decidedHash?: Hex;
}

/** Which task, and whose part in it. */
export interface FactsQuery {
  escrow: Address;
  taskId: Hex;
  identity: Hex;
}

/**
 * Reads the facts about a task from the latest block.
 * @throws RPC_UNREACHABLE, RPC_FAILED: never a sign that the task is gone
 */
export async function readFacts(client: Client, { escrow, taskId, identity }: FactsQuery): Promise<ChainFacts> {
  const [block, { state }, slot, result] = await Promise.all([
    withChainErrors(client, () => getBlock(client, { blockTag: "latest" })),
    getTaskState(client, { escrow, taskId }),
    getSlot(client, { escrow, taskId, identity }),
    getResult(client, { escrow, taskId }),
  ]);
  const facts: ChainFacts = { blockNumber: block.number, timestamp: Number(block.timestamp), state };
  if (slot) facts.slot = slot;
  if (result.isDecided && isDecided(state)) facts.decidedHash = result.outputHash;
  return facts;
}

/**
 * Says whether the close of a task's commit phase is `confirmations` blocks deep: whether it was closed already as of the block that
 * many below the head.
 * @throws RPC_UNREACHABLE, RPC_FAILED
 */
export function isCloseDeep(client: Client, query: { escrow: Address; taskId: Hex; confirmations: number }): Promise<boolean> {
  if (query.confirmations === 0) return Promise.resolve(true);
  return withChainErrors(client, async () => {
    const head = await getBlockNumber(client, { cacheTime: 0 });
    const blockNumber = head - BigInt(query.confirmations);
    if (blockNumber < 0n) return false;
    const [[state], block] = await Promise.all([
      readContract(client, { address: query.escrow, abi: taskEscrowAbi, functionName: "taskOf", args: [query.taskId], blockNumber }),
      getBlock(client, { blockNumber }),
    ]);
    const phase = phaseOf(fromContractState(state), Number(block.timestamp));
    return phase !== "NONE" && phase !== "OPEN";
  });
}
