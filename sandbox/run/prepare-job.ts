import { ParityError } from "@parity-protocol/sdk";
import { checkEnvironment } from "../determinism/profile.ts";
import type { Engine } from "../engine/connect.ts";
import { BlobFolder } from "./blob-folder.ts";
import { type Cell, closeCell, nameCell, openCell } from "./cell.ts";
import { concludeRun } from "./conclude.ts";
import { type Ending, runToEnding } from "./ending.ts";
import type { JobRequest, JobRun } from "./job-request.ts";
import type { StartFailure } from "./start-failure.ts";
import { attachTerminal } from "./terminal.ts";

/** A job whose container exists and waits for its start. `dispose` must be called in the end, whether it ran or not. */
export interface PreparedJob {
  /**
   * Starts the job, waits for its end and reads its output. Once.
   * @throws JOB_ABORTED, ENGINE_FAILED, ENGINE_TIMED_OUT
   */
  run(options?: { signal?: AbortSignal }): Promise<JobRun>;
  /** Removes everything of the run from the engine; kills the job if it runs. May be called twice. */
  dispose(): Promise<void>;
}

/**
 * Checks a job against the engine, fills its input and creates its container, all that can be done before the job may start.
 * @throws JOB_EXCEEDS_ENGINE, JOB_ENVIRONMENT_RESERVED, PLATFORM_UNSUPPORTED, IMAGE_NOT_LOADED, BLOB_CORRUPT, JOB_ABORTED, ENGINE_FAILED
 */
export async function prepareJob(engine: Engine, request: JobRequest & { signal?: AbortSignal | undefined }): Promise<PreparedJob> {
  checkJob(engine, request);
  const cell = nameCell(request.owner);
  try {
    const failure = await openCell(engine, cell, request);
    const run = await openRun(engine, request, { cell, failure });
    return run;
  } catch (error) {
    await closeCell(engine, cell).catch(() => {}); // the first error says more; the owner's sweep removes what is left
    throw error;
  }
}

/** Prepares a job, runs it and removes everything of it. @throws what prepareJob and run throw */
export async function runJob(engine: Engine, request: JobRequest & { signal?: AbortSignal | undefined }): Promise<JobRun> {
  const prepared = await prepareJob(engine, request);
  try {
    return await prepared.run(request.signal ? { signal: request.signal } : {});
  } finally {
    await prepared.dispose();
  }
}

function checkJob(engine: Engine, { spec }: JobRequest): void {
  checkEnvironment(spec);
  if (spec.image.platform !== engine.platform)
    throw new ParityError("PLATFORM_UNSUPPORTED", `The job is for ${spec.image.platform}, the engine runs ${engine.platform}.`);
  const { cpus, memoryBytes } = spec.limits;
  if (cpus > engine.cpus) throw new ParityError("JOB_EXCEEDS_ENGINE", `The job asks for ${cpus} CPUs, the engine has ${engine.cpus}.`);
  if (memoryBytes > engine.memoryBytes)
    throw new ParityError("JOB_EXCEEDS_ENGINE", `The job asks for ${memoryBytes} bytes of memory, the engine has ${engine.memoryBytes}.`);
}

/** Attaches before the start, so that no byte of stdout is missed. */
async function openRun(engine: Engine, request: JobRequest, made: { cell: Cell; failure: StartFailure | undefined }): Promise<PreparedJob> {
  const { spec } = request;
  const { cell, failure } = made;
  const folder = new BlobFolder(request.outputDirectory);
  const stdout = await folder.draft();
  const terminal = await attachTerminal(engine, failure ? undefined : cell.job, { draft: stdout, maxBytes: spec.limits.outputBytes });
  return {
    run: async ({ signal } = {}) => {
      const startedAtMs = performance.now();
      const bounds = { timeoutSeconds: spec.limits.timeoutSeconds, signal };
      const ending: Ending = failure ? { kind: "not-started", failure } : await runToEnding(engine, cell.job, { terminal, bounds });
      const ended = { engine, spec, cell, folder, stdout, stderr: terminal.stderr(), signal };
      const output = await concludeRun(ended, ending);
      return { ...output, durationMs: Math.round(performance.now() - startedAtMs) };
    },
    dispose: async () => {
      terminal.hangUp();
      await folder.close();
      await closeCell(engine, cell);
    },
  };
}
