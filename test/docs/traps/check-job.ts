import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import {
  type CauseName,
  connectEngine,
  type Engine,
  type LoadedImage,
  loadImage,
  type PackedArchive,
  removeImage,
  verifyArchive,
} from "@parity-protocol/sandbox";
import { runCheck } from "../../../cli/check/run-check.ts";
import { verdictLines } from "../../../cli/check/show-verdict.ts";
import { packImage } from "../../../cli/job-file/pack-image.ts";
import { parseJobFile, readJobFile } from "../../../cli/job-file/read-job-file.ts";
import { resolveJob } from "../../../cli/job-file/resolve-job.ts";
import type { JobFile } from "../../../cli/job-file/schema.ts";
import { type Tool, tools } from "./cases.ts";

const root = path.resolve(import.meta.dirname, "../../..");
const examples = path.join(root, "examples");

/** What `parity check` said of a job, without what is another each time: how long it took. */
export interface Said {
  causes: CauseName[];
  isDeterministic: boolean;
  summaries: string[];
  /** As it is printed. */
  lines: string[];
}

/** Lists the examples that come with a trap. */
export function trappedExamples(): string[] {
  return readdirSync(examples, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && readdirSync(path.join(examples, entry.name)).includes("trap"))
    .map(({ name }) => name)
    .sort();
}

/** Does what `parity check` does, and keeps images from one job to the next. */
export class Checker {
  readonly #engine: Engine;
  readonly #directory = mkdtempSync(path.join(os.tmpdir(), "parity-traps-"));
  readonly #archives = new Map<string, PackedArchive>();
  readonly #images: LoadedImage[] = [];

  private constructor(engine: Engine) {
    this.#engine = engine;
  }

  static async open(): Promise<Checker> {
    return new Checker(await connectEngine({ dockerHost: process.env.DOCKER_HOST }));
  }

  async close(): Promise<void> {
    for (const { imageId, isNew } of this.#images) if (isNew) await removeImage(this.#engine, imageId);
    rmSync(this.#directory, { recursive: true, force: true });
  }

  /** Checks an example as it is, or its trap. */
  async checkExample(name: string, part: "." | "trap"): Promise<Said> {
    const { file, job } = await readJobFile(path.join(examples, name, part));
    return this.#check(job, path.dirname(file));
  }

  /** Checks a program of the page's tables, in its tool's image. */
  checkProgram(tool: Tool, text: string): Promise<Said> {
    const { recipe, command } = tools[tool];
    const job = { image: { recipe }, command: command(text), determinism: { level: "standard@1" } };
    return this.#check(parseJobFile(JSON.stringify(job), text), root);
  }

  async #check(job: JobFile, baseDirectory: string): Promise<Said> {
    const archive = await this.#archiveOf(job.image, baseDirectory);
    const place = { workDirectory: this.#directory, engine: async () => this.#engine, signal: new AbortController().signal };
    const resolved = await resolveJob({ job: { ...job, image: { archive: archive.path } }, baseDirectory, ...place });
    const verdict = await runCheck({ ...place, job: resolved, engine: this.#engine, extent: "whole" });
    return {
      causes: verdict.causes.map(({ cause }) => cause),
      isDeterministic: verdict.isDeterministic,
      summaries: verdict.causes.map(({ summary }) => summary),
      lines: verdictLines(verdict, (_tone, line) => line).filter((line) => !line.startsWith("  tried ")),
    };
  }

  async #archiveOf(image: JobFile["image"], baseDirectory: string): Promise<PackedArchive> {
    const key = path.resolve(baseDirectory, image.recipe ?? "");
    const known = this.#archives.get(key);
    if (known) return known;
    const archive = await packImage({ image, baseDirectory, outputDirectory: this.#directory, engine: async () => this.#engine });
    this.#archives.set(key, archive);
    this.#images.push(await loadImage(this.#engine, await verifyArchive(archive.path, archive)));
    return archive;
  }
}
