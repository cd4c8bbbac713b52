import { readContract } from "viem/actions";
import { type ChainClient, withChainErrors } from "../chain/chain-error.ts";
import { type Abortable, withSignal } from "../chain/with-signal.ts";
import { taskEscrowAbi } from "../protocol/contracts.ts";
import { fromContractState } from "../protocol/state.ts";
import { type Address, type Hex, type Phase, phases, type TaskState } from "../protocol/types.ts";

export interface GetTaskStateParameters extends Abortable {
  escrow: Address;
  taskId: Hex;
}

/** The stored facts of a task and its phase by the time of the latest block. */
export interface TaskStateReport {
  state: TaskState;
  /** NONE: the escrow has no such task. */
  phase: Phase;
  /** The zero address: the task is open to anyone, so that its result has no integrity claim. */
  gate: Address;
  /** The bond of one slot. */
  bondWei: bigint;
}

/**
 * Reads the stored facts of a task.
 * @throws RPC_UNREACHABLE, NO_CODE_AT_ESCROW
 * @example
 * const { state, phase } = await getTaskState(client, { escrow, taskId });
 * console.log(`${phase}: ${state.committed} of ${state.slots} slots have committed`);
 */
export function getTaskState(chain: ChainClient, { escrow, taskId, signal }: GetTaskStateParameters): Promise<TaskStateReport> {
  const client = withSignal(chain, signal);
  return withChainErrors(client, async () => {
    const [state, gate, bondWei, phase] = await readContract(client, {
      address: escrow,
      abi: taskEscrowAbi,
      functionName: "taskOf",
      args: [taskId],
    });
    return { state: fromContractState(state), phase: phases[phase] ?? "NONE", gate, bondWei };
  });
}
