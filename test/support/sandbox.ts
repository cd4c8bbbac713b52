import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  connectEngine,
  type Engine,
  type JobRun,
  type LoadedImage,
  loadImage,
  type PackedArchive,
  packFolder,
  removeHolderImage,
  removeImage,
  runJob,
  sweepLeftovers,
  verifyArchive,
} from "@parity-protocol/sandbox";
import { defaultLimits, type InputFile, type JobLimits, type JobSpec, sha256Hex } from "@parity-protocol/sdk";
import { makeBusyboxFolder } from "./busybox.ts";

export type Level = JobSpec["determinism"]["level"];

/** A suite about the sandbox itself is run once a level: a job must find the same walls in each. */
export const levels: readonly Level[] = ["standard@1", "strict@1"];

/** What a test job says that differs from the defaults. */
export interface TestJob {
  /** A shell script, or `command` for anything else. */
  script?: string;
  command?: string[];
  env?: Record<string, string>;
  workingDirectory?: string;
  input?: Record<string, string | Uint8Array>;
  limits?: Partial<JobLimits>;
  level?: Level;
  signal?: AbortSignal;
}

/** An engine with a loaded busybox image, and a folder for everything that the tests write. */
export class SandboxLab {
  readonly engine: Engine;
  readonly directory: string;
  readonly archive: PackedArchive;
  readonly image: LoadedImage;
  readonly owner: string;
  /** The level of jobs that do not name one. */
  readonly level: Level;

  private constructor(parts: Pick<SandboxLab, "engine" | "directory" | "archive" | "image" | "owner" | "level">) {
    this.engine = parts.engine;
    this.directory = parts.directory;
    this.archive = parts.archive;
    this.image = parts.image;
    this.owner = parts.owner;
    this.level = parts.level;
  }

  /** `programs` are put into the image, by name, from where they lie on this machine. */
  static async open(level: Level = "standard@1", programs: Readonly<Record<string, string>> = {}): Promise<SandboxLab> {
    const engine = await connectEngine({ dockerHost: process.env.DOCKER_HOST });
    const directory = await mkdtemp(join(tmpdir(), "parity-sandbox-"));
    const folder = makeBusyboxFolder(join(directory, "image"));
    await writeFile(join(folder, "lab"), directory); // an image of its own, which no other program's tests keep or remove
    for (const [name, path] of Object.entries(programs)) await cp(path, join(folder, name));
    const archive = await packFolder({ folder, outputDirectory: join(directory, "archives"), platform: engine.platform });
    const image = await loadImage(engine, await verifyArchive(archive.path, archive));
    return new SandboxLab({ engine, directory, archive, image, level, owner: `test-${process.pid}-${directory.slice(-6)}` });
  }

  /** Removes everything; fails when a run left something in the engine. */
  async close(): Promise<void> {
    const left = await sweepLeftovers(this.engine, { owner: this.owner });
    if (this.image.isNew) await removeImage(this.engine, this.image.imageId);
    await removeHolderImage(this.engine);
    await rm(this.directory, { recursive: true, force: true });
    if (left.containers + left.volumes > 0) throw new Error(`runs left ${left.containers} containers and ${left.volumes} volumes behind`);
  }

  spec(job: TestJob): JobSpec {
    return {
      version: 1,
      image: { archive: this.archive.sha256, bytes: this.archive.bytes, platform: this.archive.platform },
      command: job.command ?? ["/bin/sh", "-c", job.script ?? ":"],
      env: job.env ?? {},
      workingDirectory: job.workingDirectory ?? "/",
      input: inputFiles(job.input ?? {}),
      limits: { ...defaultLimits, timeoutSeconds: 60, ...job.limits },
      expect: { exitCode: 0 },
      determinism: { level: job.level ?? this.level, seed: "0".repeat(64) },
    };
  }

  request(job: TestJob) {
    const input = job.input ?? {};
    const openInput = async (file: InputFile) => new Blob([input[file.path] as Uint8Array<ArrayBuffer> | string]).stream();
    return { spec: this.spec(job), image: this.image, openInput, outputDirectory: this.outputDirectory, owner: this.owner };
  }

  run(job: TestJob): Promise<JobRun> {
    return runJob(this.engine, { ...this.request(job), signal: job.signal });
  }

  get outputDirectory(): string {
    return join(this.directory, "output");
  }

  /** Reads a run's blob, after checking that it is one of the run's and hashes to its name. */
  async blob(run: JobRun, sha256: string): Promise<string> {
    const bytes = await readFile(join(this.outputDirectory, sha256));
    if (sha256Hex(bytes) !== sha256 || !run.blobs.some((blob) => blob.sha256 === sha256))
      throw new Error(`not a blob of the run: ${sha256}`);
    return bytes.toString("utf8");
  }

  /** Reads the stdout of a run that ended by itself. */
  async stdout(run: JobRun): Promise<string> {
    if (run.manifest.outcome !== "exited") throw new Error(`the job ended as ${run.manifest.outcome}: ${run.reason}`);
    return this.blob(run, run.manifest.stdout.sha256);
  }
}

function inputFiles(input: Record<string, string | Uint8Array>): InputFile[] {
  return Object.entries(input)
    .map(([path, content]) => ({ path, bytes: Buffer.from(content).length, sha256: sha256Hex(Buffer.from(content)) }))
    .sort((a, b) => Buffer.compare(Buffer.from(a.path), Buffer.from(b.path)));
}
