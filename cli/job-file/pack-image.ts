import { stat } from "node:fs/promises";
import path from "node:path";
import {
  type Engine,
  type PackedArchive,
  packDockerfile,
  packEngineImage,
  packFolder,
  parseImageReference,
  pullImage,
  verifyArchive,
} from "@parity-protocol/sandbox";
import { isParityError, type JobSpec, ParityError } from "@parity-protocol/sdk";
import { sha256OfFile } from "@parity-protocol/sdk/node";
import { cacheDirectory } from "../config.ts";
import { packRecipe } from "../image-recipe/pack-recipe.ts";
import type { JobFile } from "./schema.ts";

/** Where an image comes from, and what is needed to pack it. */
export interface ImageRequest {
  image: JobFile["image"];
  /** The job file's folder: its paths are relative to it. */
  baseDirectory: string;
  /** Where the archive is written. */
  outputDirectory: string;
  /** Connects to the engine; only asked where an engine is needed. */
  engine: () => Promise<Engine>;
  signal?: AbortSignal;
}

/** A packed image; `registry` is where runners can pull it from. */
export type PackedImage = PackedArchive & Pick<JobSpec["image"], "registry">;

/** Packs the image that a job file names into the archive that every runner will run. @throws INPUT_NOT_FOUND, ENGINE_UNREACHABLE, REGISTRY_FAILED, PACKAGES_UNAVAILABLE, IMAGE_… and ARCHIVE_… codes */
export async function packImage({ image, baseDirectory, outputDirectory, engine, signal }: ImageRequest): Promise<PackedImage> {
  const at = (relative: string) => path.resolve(baseDirectory, relative);
  if (image.engine !== undefined) return packEngineImage(await engine(), { name: image.engine, outputDirectory });
  if (image.dockerfile !== undefined) {
    const contextDirectory = at(image.dockerfile);
    await requireFolder(contextDirectory);
    return packDockerfile(await engine(), { contextDirectory, outputDirectory });
  }
  if (image.registry !== undefined) {
    const registry = parseImageReference(image.registry);
    return { ...(await pullImage({ image: registry, outputDirectory, ...(signal ? { signal } : {}) })), registry };
  }
  if (image.recipe !== undefined)
    return packRecipe({ folder: at(image.recipe), outputDirectory, cacheDirectory: cacheDirectory(), signal });
  if (image.archive !== undefined) return readArchive(at(image.archive));
  const folder = at(image.folder ?? "");
  await requireFolder(folder);
  return packFolder({ folder, outputDirectory });
}

/** Names an archive that exists, and checks all of it: a runner would refuse a faulty one, after the money moved. */
async function readArchive(file: string): Promise<PackedArchive> {
  await stat(file).catch((cause: unknown) => Promise.reject(missing(file, cause)));
  const named = await sha256OfFile(file);
  try {
    return { ...named, ...(await verifyArchive(file, { ...named, platform: "linux/amd64" })) };
  } catch (error) {
    if (!isParityError(error, "ARCHIVE_PLATFORM_MISMATCH")) throw error;
    return { ...named, ...(await verifyArchive(file, { ...named, platform: "linux/arm64" })) };
  }
}

async function requireFolder(folder: string): Promise<void> {
  const found = await stat(folder).catch((cause: unknown) => Promise.reject(missing(folder, cause)));
  if (!found.isDirectory()) throw new ParityError("INPUT_NOT_FOUND", `${folder} is not a folder.`);
}

function missing(file: string, cause: unknown): ParityError {
  return new ParityError("INPUT_NOT_FOUND", `${file} does not exist.`, { cause });
}
