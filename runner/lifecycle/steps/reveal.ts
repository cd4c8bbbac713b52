import type { Hex, Opening } from "@parity-protocol/sdk";
import type { ChainSender, SentStep } from "../../chain/sender.ts";

/** Opens the commitment. From here on the answer is public. */
export function reveal(
  { sender }: { sender: ChainSender },
  { taskId, opening, deadline, signal }: { taskId: Hex; opening: Opening; deadline: number; signal: AbortSignal },
): Promise<SentStep> {
  return sender.send({ verb: "reveal", taskId, functionName: "revealResult", args: [taskId, opening], deadline }, signal);
}
