import type { Address, Hex, Task } from "@parity-protocol/sdk";
import type { ChainSender, SentStep } from "../../chain/sender.ts";
import type { Journal } from "../../journal/journal.ts";
import type { Admission } from "../../journal/records.ts";
import type { Openings } from "../openings.ts";

/** Which answer to seal for which slot. */
export interface CommitParams {
  task: Task;
  admission: Admission;
  payee: Address;
  outputHash: Hex;
  /** The bond, where the commitment takes a slot itself. */
  bondValueWei: bigint;
  /** Unix seconds: when the commit phase closes. */
  deadline: number;
  signal: AbortSignal;
}

/**
 * Seals the answer. What is promised is on the disk before the transaction exists.
 * @throws PROMISE_CONFLICT where another answer was promised before
 */
export function commit(
  { sender, journal, openings }: { sender: ChainSender; journal: Journal; openings: Openings },
  { task, admission, payee, outputHash, bondValueWei, deadline, signal }: CommitParams,
): Promise<SentStep> {
  const { taskId, key } = task;
  const { identity, proof } = admission;
  const { commitment } = openings.seal({ taskId, identity, payee, outputHash });
  journal.recordPromise(taskId, { identity, payee, outputHash, commitment });
  const args = [key, identity, commitment, proof] as const;
  return sender.send({ verb: "commit", taskId, functionName: "commitResult", args, valueWei: bondValueWei, deadline }, signal);
}
