import type { Opening, Task } from "@parity-protocol/sdk";
import type { ChainSender, SentStep } from "../../chain/sender.ts";

/** Collects what the slot is owed: the share, the bond, or both. */
export function claim(
  { sender }: { sender: ChainSender },
  { task, opening, signal }: { task: Task; opening: Opening; signal: AbortSignal },
): Promise<SentStep> {
  return sender.send({ verb: "claim", taskId: task.taskId, functionName: "claimPayout", args: [task.key, opening] }, signal);
}
