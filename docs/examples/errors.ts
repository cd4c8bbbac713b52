import { type ChainClient, isParityError, type PostTaskParameters, postTask } from "@parity-protocol/sdk";

/** Every error has a code to act on, a hint to show, and says whether trying again may help. */
export async function postOrExplain(client: ChainClient, task: PostTaskParameters): Promise<string> {
  try {
    return (await postTask(client, task)).taskId;
  } catch (error) {
    if (!isParityError(error)) throw error;
    if (error.code === "INSUFFICIENT_FUNDS") return `Not enough money: ${error.message}`;
    return error.isRetryable ? `Later, perhaps: ${error.message}` : `${error.message} ${error.hint}`;
  }
}
