import type { Hex } from "@parity-protocol/sdk";
import type { Executor, Job } from "../../execution/executor.ts";
import type { Journal } from "../../journal/journal.ts";

/**
 * What an execution came to. `differs`: not the output that this runner stands behind already; `unstable`: it gave two outputs when
 * it was run twice before a commitment.
 */
export type ExecutionOutcome = { kind: "stored" | "differs" | "unstable"; durationMs: number };

/** What to run, and how. */
export interface ExecuteParams {
  job: Job;
  jobHash: Hex;
  promisedHash: Hex | undefined;
  /** Whether it is run twice; a promise that stands is not checked any more. */
  isChecked: boolean;
  signal: AbortSignal;
}

/**
 * Runs the job and records its output. An output that was promised stays what it is: another one, of a job that is not
 * deterministic, is dropped and never tried again.
 * @throws the codes of the sandbox
 */
export async function execute(
  { executor, journal }: { executor: Executor; journal: Journal },
  { job, jobHash, promisedHash, isChecked, signal }: ExecuteParams,
): Promise<ExecutionOutcome> {
  const { outputHash, blobs, durationMs } = await executor.execute(job, signal);
  if (promisedHash !== undefined && outputHash !== promisedHash) {
    journal.recordFailure(job.taskId, "OUTPUT_DIFFERS");
    await executor.removeOutput(job.taskId);
    return { kind: "differs", durationMs };
  }
  if (isChecked && promisedHash === undefined) {
    const isSame = (await executor.runAgain(job, signal)) === outputHash;
    journal.recordSelfCheck(isSame ? job.spec.image.archive : jobHash, isSame ? "same" : "differs");
    if (!isSame) return giveUp({ executor, journal }, job, durationMs);
  }
  const stored = blobs.map(({ sha256, bytes }) => ({ sha256, bytes }));
  journal.recordOutput(job.taskId, { outputHash, blobs: stored, durationMs });
  return { kind: "stored", durationMs };
}

async function giveUp(
  { executor, journal }: { executor: Executor; journal: Journal },
  { taskId }: Job,
  durationMs: number,
): Promise<ExecutionOutcome> {
  journal.recordFailure(taskId, "SELF_CHECK_FAILED");
  await executor.removeOutput(taskId);
  return { kind: "unstable", durationMs };
}
