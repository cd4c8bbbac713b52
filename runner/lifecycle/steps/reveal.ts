import type { Hex, Opening } from "@parity-protocol/sdk";
import type { ChainSender, SentStep } from "../../chain/sender.ts";

/** Opens the commitment. From here on the answer is public. */
export function reveal(
  { sender }: { sender: ChainSender },
  { taskId, opening, signal }: { taskId: Hex; opening: Opening; signal: AbortSignal },
): Promise<SentStep> {
  return sender.send({ verb: "reveal", taskId, functionName: "revealResult", args: [taskId, opening] }, signal);
}
