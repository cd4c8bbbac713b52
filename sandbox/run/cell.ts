import { randomUUID } from "node:crypto";
import { isParityError } from "@parity-protocol/sdk";
import type { ContainerCreateOptions } from "dockerode";
import { vary } from "../check/variation.ts";
import { containerOptions } from "../determinism/profile.ts";
import { callEngine, callIfThere } from "../engine/call.ts";
import type { Engine } from "../engine/connect.ts";
import { chooseCpus } from "../engine/cpus.ts";
import { createContainer, createVolume } from "../engine/create.ts";
import { holderMounts, inputVolumeLayout } from "../engine/holder-image.ts";
import { cpusLabel, ownerLabel, runLabel } from "../engine/labels.ts";
import { startOwnContainer } from "../engine/own-container.ts";
import { removeContainer, removeVolume } from "../engine/sweep.ts";
import { fillInput } from "./input.ts";
import type { JobRequest } from "./job-request.ts";
import { markOutput } from "./output.ts";
import { type StartFailure, startFailureOf } from "./start-failure.ts";

/**
 * Everything that one run has in the engine, by names known beforehand: the job's container, two volumes, and the holder, a container that
 * keeps the volumes mounted so that what the job wrote outlives it.
 */
export interface Cell {
  job: string;
  holder: string;
  inputVolume: string;
  outputVolume: string;
  labels: Readonly<Record<string, string>>;
}

/** Names the parts of a new run. */
export function nameCell(owner: string): Cell {
  const run = randomUUID();
  const name = (part: string) => `parity-${run}-${part}`;
  const labels = { [ownerLabel]: owner, [runLabel]: run };
  return { job: name("job"), holder: name("holder"), inputVolume: name("input"), outputVolume: name("output"), labels };
}

/** A cell without a job: its volumes, and the holder that keeps them mounted. Nothing of any job is in it. */
export interface EmptyCell {
  cell: Cell;
  /** Where the engine has the input volume. */
  inputPath: string;
  /** What /output looks like while it is empty; known once the holder runs. */
  emptyMark: Promise<string>;
}

/**
 * Makes a cell that a job can be put into. One that fails removes itself.
 * @param volumeOptions the mount options of the output volume
 * @throws ENGINE_UNSUPPORTED, ENGINE_FAILED
 */
export async function makeEmptyCell(
  engine: Engine,
  { owner, volumeOptions }: { owner: string; volumeOptions: string },
): Promise<EmptyCell> {
  const cell = nameCell(owner);
  try {
    const [inputPath] = await allDone([
      createVolume(engine, volumeOf(cell, cell.inputVolume)),
      createVolume(engine, {
        ...volumeOf(cell, cell.outputVolume),
        DriverOpts: { type: "tmpfs", device: "tmpfs", o: volumeOptions },
      }),
    ]);
    const emptyMark = startHolder(engine, cell);
    emptyMark.catch(() => {}); // whoever fills the cell gets the error; nobody may be waiting yet
    return { cell, inputPath, emptyMark };
  } catch (error) {
    await closeCell(engine, cell).catch(() => {}); // the first error says more; the owner's sweep removes what is left
    throw error;
  }
}

/** What is known of a cell once a job is in it. */
export interface OpenCell {
  /** Why the job can never start, where the engine sees that now. */
  failure: StartFailure | undefined;
  /** What /output looks like while it is empty. */
  emptyMark: string;
}

/**
 * Puts a job into an empty cell: afterwards only the job's container has to be started.
 * @throws BLOB_CORRUPT, IMAGE_NOT_LOADED, ENGINE_UNSUPPORTED, ENGINE_FAILED
 */
export async function fillCell(
  engine: Engine,
  { cell, inputPath, emptyMark: marking }: EmptyCell,
  request: JobRequest & { signal?: AbortSignal | undefined },
): Promise<OpenCell> {
  const [imageEnvironment, cpuset] = await allDone([
    environmentOfImage(engine, request.image.imageId),
    chooseCpus(engine, request.spec.limits.cpus),
  ]);
  const [failure, emptyMark] = await allDone([
    createJob(engine, cell, { request, parts: { imageEnvironment, cpuset, inputPath } }),
    marking,
  ]);
  await fillInput(engine, request, { holder: cell.holder, signal: request.signal });
  return { failure, emptyMark };
}

/**
 * Says whether a cell's holder has run since it was made: an engine that restarts stops it, the output volume is then unmounted when the
 * job ends, and what the job wrote is gone.
 * @throws ENGINE_FAILED, ENGINE_TIMED_OUT
 */
export async function isHeld(engine: Engine, { holder }: Cell): Promise<boolean> {
  const found = await callIfThere("inspect holder", () => engine.docker.getContainer(holder).inspect());
  return found?.State.Running ?? false;
}

/** Removes a cell that was not used to its end, once all is there that is still being made of it. */
export async function discardCell(engine: Engine, { cell, emptyMark }: EmptyCell): Promise<void> {
  await emptyMark.catch(() => {});
  await closeCell(engine, cell);
}

/** Removes a cell, whatever of it there is. */
export async function closeCell(engine: Engine, cell: Cell): Promise<void> {
  await allDone([removeContainer(engine, cell.job), removeContainer(engine, cell.holder)]);
  await allDone([removeVolume(engine, cell.inputVolume), removeVolume(engine, cell.outputVolume)]);
}

/** Waits for all, also when one fails: what is still being made could not be removed. */
async function allDone<const T extends readonly Promise<unknown>[]>(calls: T): Promise<{ -readonly [K in keyof T]: Awaited<T[K]> }> {
  await Promise.allSettled(calls);
  return Promise.all(calls) as Promise<{ -readonly [K in keyof T]: Awaited<T[K]> }>;
}

async function environmentOfImage(engine: Engine, imageId: string): Promise<string[]> {
  const codes = { 404: "IMAGE_NOT_LOADED" } as const;
  const image = await callEngine("inspect image", () => engine.docker.getImage(imageId).inspect(), { codes });
  return image.Config.Env ?? [];
}

function volumeOf(cell: Cell, name: string): { Name: string; Driver: string; Labels: Record<string, string> } {
  return { Name: name, Driver: "local", Labels: { ...cell.labels } };
}

async function createJob(
  engine: Engine,
  cell: Cell,
  made: { request: JobRequest; parts: { imageEnvironment: string[]; cpuset: string; inputPath: string } },
): Promise<StartFailure | undefined> {
  const { spec, image, variation = {} } = made.request;
  const options = containerOptions(spec, {
    imageId: image.imageId,
    imageEnvironment: made.parts.imageEnvironment,
    cpuset: made.parts.cpuset,
    inputPath: `${made.parts.inputPath}/${inputVolumeLayout.input}`,
    hostsPath: `${made.parts.inputPath}/${inputVolumeLayout.hosts}`,
    determinizerPath: `${made.parts.inputPath}/${inputVolumeLayout.determinizer}`,
    outputVolume: cell.outputVolume,
    labels: { ...cell.labels, [cpusLabel]: made.parts.cpuset },
  });
  try {
    await createContainer(engine, cell.job, vary(options, spec, variation));
  } catch (error) {
    const failure = isParityError(error) ? startFailureOf(error.message) : undefined;
    if (failure) return failure;
    throw error;
  }
  return undefined;
}

async function startHolder(engine: Engine, cell: Cell): Promise<string> {
  await startOwnContainer(engine, cell.holder, (imageId) => holderOptions(cell, imageId));
  return markOutput(engine, cell.holder);
}

function holderOptions(cell: Cell, imageId: string): ContainerCreateOptions {
  const mount = (volume: string, path: string) => ({ Type: "volume" as const, Source: volume, Target: path });
  return {
    Image: imageId,
    Labels: { ...cell.labels },
    User: "65534:65534",
    NetworkDisabled: true,
    HostConfig: {
      NetworkMode: "none",
      ReadonlyRootfs: true,
      CapDrop: ["ALL"],
      SecurityOpt: ["no-new-privileges"],
      LogConfig: { Type: "none", Config: {} },
      Memory: 16 * 1024 ** 2,
      MemorySwap: 16 * 1024 ** 2,
      PidsLimit: 4,
      Mounts: [mount(cell.inputVolume, holderMounts.input), mount(cell.outputVolume, holderMounts.output)],
    },
  };
}
