import { copyFile, mkdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import {
  type Engine,
  type LoadedImage,
  loadImage,
  type PackedArchive,
  packFolder,
  removeImage,
  runJob,
  verifyArchive,
} from "@parity-protocol/sandbox";
import { defaultLimits, isParityError, type JobSpec } from "@parity-protocol/sdk";
import type { Bench } from "../support/determinized.ts";

export type Level = "plain" | JobSpec["determinism"]["level"];

/** The probes' image in an engine. */
export interface Cell {
  /** Runs a command of the image and returns everything that it said. `plain` is a container with the engine's defaults. */
  show(level: Level, command: readonly string[]): Promise<string>;
  close(): Promise<void>;
}

/** The command that shows one source. */
export const sourceCommand = (name: string): string[] => ["/sources", name];

/** Packs the static probe, and what `add` puts beside it. It has no /tmp: older runtimes give a job's own the mode of the image's. */
export async function packCell(bench: Bench, add: (folder: string) => Promise<void>): Promise<PackedArchive> {
  const folder = join(bench.directory, "image");
  await mkdir(folder, { recursive: true });
  await copyFile(bench.staticSources, join(folder, "sources"));
  await add(folder);
  return packFolder({ folder, outputDirectory: join(bench.directory, "archives"), platform: "linux/amd64" });
}

/** Loads the image into an engine. */
export async function openCell(engine: Engine, bench: Bench, archive: PackedArchive): Promise<Cell> {
  const image = await loadImage(engine, await verifyArchive(archive.path, archive));
  const spec = (level: JobSpec["determinism"]["level"], command: readonly string[]): JobSpec => ({
    version: 1,
    image: { archive: archive.sha256, bytes: archive.bytes, platform: archive.platform },
    command: [...command],
    env: {},
    workingDirectory: "/",
    input: [],
    limits: { ...defaultLimits, timeoutSeconds: 60 },
    expect: { exitCode: 0 },
    determinism: { level, seed: "0".repeat(64) },
  });
  return {
    show: (level, command) =>
      level === "plain" ? showPlain(engine, image, command) : showJob(engine, image, { spec: spec(level, command), bench }),
    close: async () => {
      if (image.isNew) await removeImage(engine, image.imageId);
    },
  };
}

async function showJob(engine: Engine, image: LoadedImage, job: { spec: JobSpec; bench: Bench }): Promise<string> {
  const outputDirectory = join(job.bench.directory, "output");
  const openInput = () => Promise.reject(new Error("the probe has no input"));
  const request = { spec: job.spec, image, openInput, outputDirectory, owner: `bench-${process.pid}` };
  const again = (error: unknown) => {
    if (!isParityError(error) || !error.isRetryable) throw error;
    return runJob(engine, request); // a busy engine fails a start now and then
  };
  const run = await runJob(engine, request).catch(again);
  if (run.manifest.outcome !== "exited") return run.manifest.outcome;
  const stdout = await readFile(join(outputDirectory, run.manifest.stdout.sha256), "latin1");
  await rm(outputDirectory, { recursive: true });
  return `${run.manifest.exitCode}\n${stdout}`;
}

async function showPlain(engine: Engine, image: LoadedImage, command: readonly string[]): Promise<string> {
  const container = await engine.docker.createContainer({
    Image: image.imageId,
    Cmd: [...command],
    HostConfig: { NetworkMode: "none", Tmpfs: { "/tmp": "mode=1777" } },
  });
  try {
    await container.start();
    const { StatusCode } = await container.wait();
    const log = await container.logs({ stdout: true });
    return `${StatusCode}\n${log.toString("latin1")}`;
  } finally {
    await container.remove({ force: true, v: true });
  }
}
