import { readContract } from "viem/actions";
import { type ChainClient, withChainErrors } from "../chain/chain-error.ts";
import { type Abortable, withSignal } from "../chain/with-signal.ts";
import { taskEscrowAbi } from "../protocol/contracts.ts";
import type { Address, Hex } from "../protocol/types.ts";

export interface GetResultParameters extends Abortable {
  escrow: Address;
  taskId: Hex;
}

/** What the committee has decided so far. */
export interface TaskResult {
  /** Once true, the output hash never changes. */
  isDecided: boolean;
  /** 0x-hex, 32 bytes; zero while undecided. */
  outputHash: Hex;
  /** How many slots revealed this hash; while undecided, how many revealed the first one. */
  matching: number;
}

/**
 * Reads the result of a task. It is decided with the q-th equal reveal, also before the reveal window ends.
 * @throws RPC_UNREACHABLE, NO_CODE_AT_ESCROW
 * @example
 * const { isDecided, outputHash } = await getResult(client, { escrow, taskId });
 */
export function getResult(chain: ChainClient, { escrow, taskId, signal }: GetResultParameters): Promise<TaskResult> {
  const client = withSignal(chain, signal);
  return withChainErrors(client, async () => {
    const [isDecided, outputHash, matching] = await readContract(client, {
      address: escrow,
      abi: taskEscrowAbi,
      functionName: "resultOf",
      args: [taskId],
    });
    return { isDecided, outputHash, matching };
  });
}
