import type { Task } from "@parity-protocol/sdk";
import type { ChainSender, SentStep } from "../../chain/sender.ts";
import type { Admission } from "../../journal/records.ts";

/** Takes a slot, with its bond. */
export function reserve(
  { sender }: { sender: ChainSender },
  { task, admission, bondValueWei, signal }: { task: Task; admission: Admission; bondValueWei: bigint; signal: AbortSignal },
): Promise<SentStep> {
  const args = [task.key, admission.proof] as const;
  return sender.send({ verb: "reserve", taskId: task.taskId, functionName: "reserveSlot", args, valueWei: bondValueWei }, signal);
}
