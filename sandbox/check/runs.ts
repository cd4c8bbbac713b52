import { randomUUID } from "node:crypto";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { type InputFile, isParityError, type JobSpec, ParityError } from "@parity-protocol/sdk";
import type { Engine } from "../engine/connect.ts";
import { runJob } from "../run/prepare-job.ts";
import type { CheckedRun } from "./compare-runs.ts";
import type { Variation } from "./variation.ts";

/** A job to check, and where its parts come from. */
export interface CheckRequest {
  spec: JobSpec;
  /** The loaded image of the spec's archive. */
  image: { imageId: string };
  /** The archive itself, to look into its programs. */
  archivePath: string;
  openInput(file: InputFile): Promise<ReadableStream<Uint8Array>>;
  /** Where outputs are written for as long as the check lasts; made when it is not there. */
  directory: string;
  /** Who checks: what a crash leaves is swept by this name. */
  owner: string;
  signal?: AbortSignal;
  /** Told after each run; `atMost` falls when factors turn out not to matter. */
  onProgress?: (progress: { runs: number; atMost: number }) => void;
}

/** Never more at once, however large the machine: each has two containers. */
const mostAtOnce = 8;

/** Runs a job again and again, as many at a time as the engine has room for. */
export class Runs {
  readonly #engine: Engine;
  readonly #request: CheckRequest;
  readonly #waiting: (() => void)[] = [];
  readonly #stop = new AbortController();
  #free: number;
  #done = 0;
  #atMost: number;

  constructor(engine: Engine, request: CheckRequest, atMost: number) {
    this.#engine = engine;
    this.#request = request;
    this.#free = roomFor(engine, request.spec);
    this.#atMost = atMost;
  }

  get count(): number {
    return this.#done;
  }

  /** Says that fewer runs are left than was thought. */
  spare(runs: number): void {
    this.#atMost -= runs;
  }

  /** Runs the job once, at a level and with a variation. @throws what runJob throws */
  async run(level: JobSpec["determinism"]["level"], variation: Variation = {}): Promise<CheckedRun> {
    await this.#enter();
    try {
      // Of so many runs one may meet a moment's failure of the engine, which says nothing about the job.
      return await this.#runNow(level, variation).catch((error: unknown) => {
        if (!isParityError(error, "ENGINE_FAILED")) throw error;
        return this.#runNow(level, variation);
      });
    } catch (error) {
      this.#stop.abort();
      throw error;
    } finally {
      this.#done++;
      this.#request.onProgress?.({ runs: this.#done, atMost: Math.max(this.#atMost, this.#done) });
      const next = this.#waiting.shift();
      if (next) next();
      else this.#free++;
    }
  }

  /** Removes the outputs. */
  async clear(): Promise<void> {
    await rm(this.#request.directory, { recursive: true, force: true });
  }

  async #runNow(level: JobSpec["determinism"]["level"], variation: Variation): Promise<CheckedRun> {
    const { spec, image, owner, directory } = this.#request;
    const openInput = (file: InputFile) => this.#request.openInput(file);
    const outputDirectory = join(directory, randomUUID());
    const signal = this.#request.signal ? AbortSignal.any([this.#request.signal, this.#stop.signal]) : this.#stop.signal;
    if (signal.aborted) throw new ParityError("JOB_ABORTED", "The check was ended before all of its runs.");
    const leveled = { ...spec, determinism: { ...spec.determinism, level } };
    const startedAtMs = performance.now();
    const run = await runJob(this.#engine, { spec: leveled, image, openInput, owner, outputDirectory, variation, signal });
    return { ...run, outputDirectory, durationMs: Math.round(performance.now() - startedAtMs) };
  }

  async #enter(): Promise<void> {
    if (this.#free > 0) this.#free--;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }
}

function roomFor({ cpus, memoryBytes }: Engine, { limits }: JobSpec): number {
  const byMemory = Math.floor(memoryBytes / 2 / limits.memoryBytes);
  return Math.max(1, Math.min(mostAtOnce, byMemory, Math.floor(cpus / limits.cpus)));
}
