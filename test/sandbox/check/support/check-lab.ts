import { mkdirSync, writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  checkJob,
  checkJobQuickly,
  connectEngine,
  type Engine,
  type LoadedImage,
  loadImage,
  type PackedArchive,
  packFolder,
  removeHolderImage,
  removeImage,
  sweepLeftovers,
  type Verdict,
  verifyArchive,
} from "@parity-protocol/sandbox";
import { defaultLimits, type InputFile, type JobLimits, type JobSpec, sha256Hex } from "@parity-protocol/sdk";
import { compile } from "../../../determinizer/support/determinized.ts";
import { makeBusyboxFolder } from "../../../support/busybox.ts";
import { addPython } from "./python-folder.ts";

/** A job to check: a shell script, a Python program, or any command. */
export interface CheckedJob {
  shell?: string;
  python?: string;
  command?: string[];
  input?: Record<string, string>;
  limits?: Partial<JobLimits>;
  level?: JobSpec["determinism"]["level"];
}

const applets = "sh cat date env free head hostname md5sum nc od sha256sum sleep sort stat tail tar tr uname wc".split(" ");

/** An engine with an image of busybox, Python and the probes. */
export class CheckLab {
  readonly engine: Engine;
  readonly directory: string;
  readonly #archive: PackedArchive;
  readonly #image: LoadedImage;
  readonly #owner: string;
  #checks = 0;

  private constructor(parts: { engine: Engine; directory: string; archive: PackedArchive; image: LoadedImage }) {
    this.engine = parts.engine;
    this.directory = parts.directory;
    this.#archive = parts.archive;
    this.#image = parts.image;
    this.#owner = `test-${process.pid}-${parts.directory.slice(-6)}`;
  }

  static async open(): Promise<CheckLab> {
    const engine = await connectEngine({ dockerHost: process.env.DOCKER_HOST });
    const directory = await mkdtemp(join(tmpdir(), "parity-check-lab-"));
    const folder = makeBusyboxFolder(join(directory, "image"), applets);
    addPython(folder);
    mkdirSync(join(folder, "names"));
    for (const name of ["mill", "arch", "zinc", "bolt", "kiln", "gear", "yoke"]) writeFileSync(join(folder, "names", name), name);
    writeFileSync(join(folder, "lab"), directory); // an image of its own, which no other program's tests keep or remove
    const probe = (name: string) => join(import.meta.dirname, "../probes", name);
    await compile("gcc", ["-O1", "-static", "-fopenmp", "-w", probe("sums.c"), "-o", join(folder, "sums")]);
    await compile("gcc", ["-O1", "-w", probe("instructions.c"), "-o", join(folder, "instructions")]);
    await compile("gcc", ["-O1", "-static", "-w", probe("call.c"), "-o", join(folder, "call")]);
    const archive = await packFolder({ folder, outputDirectory: join(directory, "archives") });
    const image = await loadImage(engine, await verifyArchive(archive.path, archive));
    return new CheckLab({ engine, directory, archive, image });
  }

  async close(): Promise<void> {
    const left = await sweepLeftovers(this.engine, { owner: this.#owner });
    if (this.#image.isNew) await removeImage(this.engine, this.#image.imageId);
    await removeHolderImage(this.engine);
    await rm(this.directory, { recursive: true, force: true });
    if (left.containers + left.volumes > 0) throw new Error(`checks left ${left.containers} containers and ${left.volumes} volumes behind`);
  }

  check(job: CheckedJob): Promise<Verdict> {
    return checkJob(this.engine, this.#request(job));
  }

  checkQuickly(job: CheckedJob): Promise<Verdict> {
    return checkJobQuickly(this.engine, this.#request(job));
  }

  #request(job: CheckedJob) {
    const input = job.input ?? {};
    return {
      spec: this.#spec(job),
      image: this.#image,
      archivePath: this.#archive.path,
      openInput: async (file: InputFile) => new Blob([input[file.path] ?? ""]).stream(),
      directory: join(this.directory, `check-${this.#checks++}`),
      owner: this.#owner,
    };
  }

  #spec({ shell, python, command, input = {}, limits, level }: CheckedJob): JobSpec {
    const { sha256, bytes, platform } = this.#archive;
    const program = python === undefined ? ["/bin/sh", "-c", shell ?? ":"] : ["/usr/bin/python3", "-c", python];
    return {
      version: 1,
      image: { archive: sha256, bytes, platform },
      command: command ?? program,
      env: {},
      workingDirectory: "/",
      input: Object.entries(input).map(([path, text]) => ({ path, bytes: Buffer.byteLength(text), sha256: sha256Hex(Buffer.from(text)) })),
      limits: { ...defaultLimits, timeoutSeconds: 60, ...limits },
      expect: { exitCode: 0 },
      determinism: { level: level ?? "standard@1", seed: "0".repeat(64) },
    };
  }
}
