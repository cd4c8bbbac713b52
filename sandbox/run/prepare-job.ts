import { ParityError } from "@parity-protocol/sdk";
import { checkLevel } from "../determinism/check-level.ts";
import { checkEnvironment, outputVolumeOptions } from "../determinism/profile.ts";
import type { Engine } from "../engine/connect.ts";
import { BlobFolder } from "./blob-folder.ts";
import { type Cell, closeCell, discardCell, fillCell, makeEmptyCell, type OpenCell } from "./cell.ts";
import { concludeRun } from "./conclude.ts";
import { type Ending, runToEnding } from "./ending.ts";
import type { JobRequest, JobRun } from "./job-request.ts";
import type { SpareCells } from "./spare-cells.ts";
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

/** What a preparation may use besides what the job is made of. */
export interface PrepareOptions {
  /** Where a cell is taken from; it is made where absent. */
  spares?: SpareCells | undefined;
  signal?: AbortSignal | undefined;
}

/**
 * Checks a job against the engine, fills its input and creates its container, all that can be done before the job may start.
 * @throws LEVEL_UNSUPPORTED, JOB_EXCEEDS_ENGINE, JOB_ENVIRONMENT_RESERVED, PLATFORM_UNSUPPORTED, IMAGE_NOT_LOADED, BLOB_CORRUPT, JOB_ABORTED, ENGINE_FAILED
 */
export async function prepareJob(engine: Engine, request: JobRequest & PrepareOptions): Promise<PreparedJob> {
  const { spec, owner, spares } = request;
  checkJob(engine, request);
  await checkLevel(engine, spec);
  const empty = await (spares?.take(spec.limits) ?? makeEmptyCell(engine, { owner, volumeOptions: outputVolumeOptions(spec) }));
  const { cell } = empty;
  try {
    const open = await fillCell(engine, empty, request);
    return await openRun(engine, request, { ...open, cell });
  } catch (error) {
    await discardCell(engine, empty).catch(() => {}); // the first error says more; the owner's sweep removes what is left
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

async function openRun(engine: Engine, request: JobRequest, made: OpenCell & { cell: Cell }): Promise<PreparedJob> {
  const { spec, outputDirectory } = request;
  const { cell, emptyMark, failure } = made;
  const folder = new BlobFolder(outputDirectory);
  try {
    const stdout = await folder.draft();
    const sink = { draft: stdout, maxBytes: spec.limits.outputBytes };
    // Before the start, so that no byte of stdout is missed.
    const terminal = await attachTerminal(engine, failure ? undefined : cell.job, sink);
    const run = async (signal: AbortSignal | undefined) => {
      const bounds = { timeoutSeconds: spec.limits.timeoutSeconds, signal };
      const ending: Ending = failure ? { kind: "not-started", failure } : await runToEnding(engine, cell.job, { terminal, bounds });
      return concludeRun({ engine, spec, cell, emptyMark, folder, stdout, stderr: terminal.stderr(), signal }, ending);
    };
    const dispose = async () => {
      terminal.hangUp();
      await folder.close();
      await closeCell(engine, cell);
    };
    return { run: ({ signal } = {}) => timed(run(signal)), dispose };
  } catch (error) {
    await folder.close();
    throw error;
  }
}

async function timed(run: Promise<Omit<JobRun, "durationMs">>): Promise<JobRun> {
  const startedAtMs = performance.now();
  const output = await run;
  return { ...output, durationMs: Math.round(performance.now() - startedAtMs) };
}
