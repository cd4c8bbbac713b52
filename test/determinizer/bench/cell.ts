import { copyFile, mkdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import {
  connectEngine,
  type Engine,
  type LoadedImage,
  loadImage,
  packFolder,
  removeImage,
  runJob,
  verifyArchive,
} from "@parity-protocol/sandbox";
import { defaultLimits, isParityError, type JobSpec } from "@parity-protocol/sdk";
import type { Bench } from "../support/determinized.ts";

export type Level = "plain" | JobSpec["determinism"]["level"];

/** An image with the static probe, in an engine. */
export interface Cell {
  /** Runs the probe's source and returns everything that it said. `plain` is a container with the engine's defaults. */
  show(level: Level, source: string): Promise<string>;
  close(): Promise<void>;
}

/** Makes the image and loads it. */
export async function openCell(bench: Bench): Promise<Cell> {
  const engine = await connectEngine({ dockerHost: process.env.DOCKER_HOST });
  const folder = join(bench.directory, "image");
  await mkdir(join(folder, "tmp"), { recursive: true });
  await copyFile(bench.staticSources, join(folder, "sources"));
  const archive = await packFolder({ folder, outputDirectory: join(bench.directory, "archives") });
  const image = await loadImage(engine, await verifyArchive(archive.path, archive));
  const spec = (level: JobSpec["determinism"]["level"], source: string): JobSpec => ({
    version: 1,
    image: { archive: archive.sha256, bytes: archive.bytes, platform: archive.platform },
    command: ["/sources", source],
    env: {},
    workingDirectory: "/",
    input: [],
    limits: { ...defaultLimits, timeoutSeconds: 60 },
    expect: { exitCode: 0 },
    determinism: { level, seed: "0".repeat(64) },
  });
  return {
    show: (level, source) =>
      level === "plain" ? showPlain(engine, image, source) : showJob(engine, image, { spec: spec(level, source), bench }),
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

async function showPlain(engine: Engine, image: LoadedImage, source: string): Promise<string> {
  const container = await engine.docker.createContainer({
    Image: image.imageId,
    Cmd: ["/sources", source],
    HostConfig: { NetworkMode: "none" },
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
