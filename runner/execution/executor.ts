import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type Engine, type JobRun, type PreparedJob, prepareJob, SpareCells } from "@parity-protocol/sandbox";
import type { Blobbed, Hex, JobLimits, JobSpec } from "@parity-protocol/sdk";
import { isParityError, pause } from "@parity-protocol/sdk";
import { streamOfFile } from "@parity-protocol/sdk/node";
import type { FolderStore } from "@parity-protocol/store";
import type { StoredBlob } from "../journal/records.ts";
import type { ImageCache } from "./image-cache.ts";

/** A job of a task, fetched and verified. */
export interface Job {
  taskId: Hex;
  spec: JobSpec;
}

/** Runs a job that was prepared. */
export type ExecuteJob = (job: Job & { prepared: PreparedJob; outputDirectory: string }, signal: AbortSignal) => Promise<JobRun>;

/** Runs the prepared job as it is. */
export const executeJob: ExecuteJob = ({ prepared }, signal) => prepared.run({ signal });

/** What an executor needs. */
export interface ExecutorDeps {
  engine: Engine;
  images: ImageCache;
  cache: FolderStore;
  execute: ExecuteJob;
  /** Below it each task's output has a directory of its own. */
  outputsDirectory: string;
  owner: string;
  /** How many empty containers are kept ready for jobs to come. */
  spareCells: number;
}

/** A commitment is on its way a moment after its job: what the job ran in is removed after that, not at the same time. */
const disposeAfterMs = 250;

const stderrName = "stderr";

/** Runs jobs and keeps their outputs on this disk until they may be published. */
export class Executor {
  readonly #deps: ExecutorDeps;
  readonly #preparing = new Map<Hex, Promise<PreparedJob>>();
  readonly #disposing = new Set<Promise<void>>();
  readonly #spares: SpareCells;
  readonly #isClosing = new AbortController();
  /** The next job is likely to be of the kind of the last one. */
  #lastLimits: JobLimits | undefined;

  constructor(deps: ExecutorDeps) {
    this.#deps = deps;
    this.#spares = new SpareCells(deps.engine, { owner: deps.owner, count: deps.spareCells });
  }

  /** Begins to make ready what jobs of such limits run in, before there is one. */
  stock(limits: JobLimits): void {
    this.#spares.stock(limits);
  }

  /** Starts to prepare a job, so that it can start at once later. Failures show when it is executed. */
  prepare(job: Job): void {
    this.#prepared(job).catch(() => undefined);
  }

  /** Runs a job in a fresh container; its output is durable when this returns. @throws the codes of the sandbox */
  async execute(job: Job, signal: AbortSignal): Promise<JobRun> {
    const outputDirectory = this.#directoryOf(job.taskId);
    try {
      const prepared = await this.#prepared(job);
      const run = await this.#deps.execute({ ...job, prepared, outputDirectory }, signal);
      await writeFile(join(outputDirectory, stderrName), run.stderr);
      return run;
    } finally {
      this.#discard(job.taskId, pause(disposeAfterMs, this.#isClosing.signal));
    }
  }

  /** Runs a job once more, keeping nothing of it but the hash of its output. @throws the codes of the sandbox */
  async runAgain(job: Job, signal: AbortSignal): Promise<Hex> {
    const outputDirectory = `${this.#directoryOf(job.taskId)}-again`;
    const prepared = await this.#prepareOnImage(job, outputDirectory);
    try {
      return (await this.#deps.execute({ ...job, prepared, outputDirectory }, signal)).outputHash;
    } finally {
      this.#begin(prepared.dispose());
      await rm(outputDirectory, { recursive: true, force: true });
    }
  }

  /** Begins to remove what was prepared for a task, whether it ran or not. */
  discard(taskId: Hex): void {
    this.#discard(taskId, Promise.resolve());
  }

  /** Removes everything that was prepared, and waits until all of it is gone. */
  async discardAll(): Promise<void> {
    this.#isClosing.abort();
    for (const taskId of this.#preparing.keys()) this.discard(taskId);
    await Promise.all([...this.#disposing, this.#spares.close()]);
  }

  /** Names the blobs of a stored output. */
  blobsOf(taskId: Hex, stored: readonly StoredBlob[]): Blobbed[] {
    return stored.map((blob) => ({ ...blob, open: () => streamOfFile(join(this.#directoryOf(taskId), blob.sha256)) }));
  }

  /** Where the stderr of a stored output is. */
  stderrPathOf(taskId: Hex): string {
    return join(this.#directoryOf(taskId), stderrName);
  }

  /** Removes a stored output from this disk. */
  async removeOutput(taskId: Hex): Promise<void> {
    await rm(this.#directoryOf(taskId), { recursive: true, force: true });
  }

  #directoryOf(taskId: Hex): string {
    return join(this.#deps.outputsDirectory, taskId);
  }

  #discard(taskId: Hex, after: Promise<void>): void {
    const preparing = this.#preparing.get(taskId);
    if (!preparing) return;
    this.#preparing.delete(taskId);
    this.#begin(
      this.#dispose(
        preparing,
        after.catch(() => undefined),
      ),
    );
  }

  /** What failed to be prepared has removed itself; what cannot be removed now is swept at the next start. */
  #begin(disposal: Promise<void>): void {
    const disposing = disposal.catch(() => undefined);
    this.#disposing.add(disposing);
    void disposing.then(() => this.#disposing.delete(disposing));
  }

  async #dispose(preparing: Promise<PreparedJob>, after: Promise<void>): Promise<void> {
    await after;
    const prepared = await preparing;
    await prepared.dispose();
    if (this.#lastLimits) this.#spares.stock(this.#lastLimits);
  }

  #prepared(job: Job): Promise<PreparedJob> {
    const current = this.#preparing.get(job.taskId);
    if (current) return current;
    const preparing = this.#prepareOnImage(job, this.#directoryOf(job.taskId));
    this.#preparing.set(job.taskId, preparing);
    preparing.catch(() => this.#preparing.delete(job.taskId));
    return preparing;
  }

  async #prepareOnImage(job: Job, outputDirectory: string): Promise<PreparedJob> {
    try {
      return await this.#prepareOnce(job, outputDirectory);
    } catch (error) {
      if (!isParityError(error, "IMAGE_NOT_LOADED")) throw error;
      // Somebody removed the image from the engine since it was loaded.
      this.#deps.images.forget(job.spec.image);
      return this.#prepareOnce(job, outputDirectory);
    }
  }

  async #prepareOnce({ taskId, spec }: Job, outputDirectory: string): Promise<PreparedJob> {
    const { engine, images, cache, owner } = this.#deps;
    const image = await images.load(spec.image, taskId);
    const spares = this.#spares;
    this.#lastLimits = spec.limits;
    return prepareJob(engine, { spec, image, openInput: (file) => cache.open(file.sha256), outputDirectory, owner, spares });
  }
}
