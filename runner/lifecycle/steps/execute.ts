import type { Hex } from "@parity-protocol/sdk";
import type { Executor, Job } from "../../execution/executor.ts";
import type { Journal } from "../../journal/journal.ts";

/** What an execution came to. `differs`: not the output that this runner stands behind already. */
export type ExecutionOutcome = { kind: "stored" | "differs"; durationMs: number };

/**
 * Runs the job and records its output. An output that was promised stays what it is: another one, of a job that is not
 * deterministic, is dropped and never tried again.
 * @throws the codes of the sandbox
 */
export async function execute(
  { executor, journal }: { executor: Executor; journal: Journal },
  { job, promisedHash, signal }: { job: Job; promisedHash: Hex | undefined; signal: AbortSignal },
): Promise<ExecutionOutcome> {
  const { outputHash, blobs, durationMs } = await executor.execute(job, signal);
  if (promisedHash !== undefined && outputHash !== promisedHash) {
    journal.recordFailure(job.taskId, "OUTPUT_DIFFERS");
    await executor.removeOutput(job.taskId);
    return { kind: "differs", durationMs };
  }
  const stored = blobs.map(({ sha256, bytes }) => ({ sha256, bytes }));
  journal.recordOutput(job.taskId, { outputHash, blobs: stored, durationMs });
  return { kind: "stored", durationMs };
}
