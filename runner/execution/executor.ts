import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type Engine, type JobRun, type PreparedJob, prepareJob } from "@parity-protocol/sandbox";
import type { Blobbed, Hex, JobSpec } from "@parity-protocol/sdk";
import { isParityError } from "@parity-protocol/sdk";
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
}

const stderrName = "stderr";

/** Runs jobs and keeps their outputs on this disk until they may be published. */
export class Executor {
  readonly #deps: ExecutorDeps;
  readonly #preparing = new Map<Hex, Promise<PreparedJob>>();
  readonly #disposing = new Set<Promise<void>>();

  constructor(deps: ExecutorDeps) {
    this.#deps = deps;
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
      // The commitment does not wait for the container to be gone.
      this.discard(job.taskId);
    }
  }

  /** Begins to remove what was prepared for a task, whether it ran or not. */
  discard(taskId: Hex): void {
    const preparing = this.#preparing.get(taskId);
    if (!preparing) return;
    this.#preparing.delete(taskId);
    // What failed to be prepared has removed itself; what cannot be removed now is swept at the next start.
    const disposing = preparing.then((prepared) => prepared.dispose()).catch(() => undefined);
    this.#disposing.add(disposing);
    void disposing.then(() => this.#disposing.delete(disposing));
  }

  /** Removes everything that was prepared, and waits until all of it is gone. */
  async discardAll(): Promise<void> {
    for (const taskId of this.#preparing.keys()) this.discard(taskId);
    await Promise.all(this.#disposing);
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

  #prepared(job: Job): Promise<PreparedJob> {
    const current = this.#preparing.get(job.taskId);
    if (current) return current;
    const preparing = this.#prepareOnImage(job);
    this.#preparing.set(job.taskId, preparing);
    preparing.catch(() => this.#preparing.delete(job.taskId));
    return preparing;
  }

  async #prepareOnImage(job: Job): Promise<PreparedJob> {
    try {
      return await this.#prepareOnce(job);
    } catch (error) {
      if (!isParityError(error, "IMAGE_NOT_LOADED")) throw error;
      // Somebody removed the image from the engine since it was loaded.
      this.#deps.images.forget(job.spec.image);
      return this.#prepareOnce(job);
    }
  }

  async #prepareOnce({ taskId, spec }: Job): Promise<PreparedJob> {
    const { engine, images, cache, owner } = this.#deps;
    const image = await images.load(spec.image);
    const outputDirectory = this.#directoryOf(taskId);
    return prepareJob(engine, { spec, image, openInput: (file) => cache.open(file.sha256), outputDirectory, owner });
  }
}
