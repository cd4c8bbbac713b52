import { createReadStream } from "node:fs";
import { ParityError } from "@parity-protocol/sdk";
import { callIfThere, callStream, statusOf } from "../engine/call.ts";
import type { Engine } from "../engine/connect.ts";
import { readProgress } from "../engine/progress.ts";
import type { VerifiedArchive } from "./verify-archive.ts";

/** An image in the engine. Containers are made from the id alone, never from a tag. */
export interface LoadedImage {
  imageId: string;
  /** False when the engine had the image already: whoever put it there removes it. */
  isNew: boolean;
}

/** Loading writes every layer to the engine's disk: 16 GiB at 10 MB/s. */
const loadTimeoutMs = 30 * 60_000;

const loading = new WeakMap<Engine, Map<string, Promise<LoadedImage>>>();

/** What a loader wants to know. */
export interface LoadOptions {
  /** Called before the engine gets an image that it does not have, with the ids that the image can have there. */
  onAbsent?: (imageIds: readonly string[]) => void;
}

/**
 * Loads a verified archive and makes sure that what the engine now has is what the archive holds. Loads of the same image at once are one.
 * @throws IMAGE_LOAD_FAILED, IMAGE_ID_MISMATCH, PLATFORM_UNSUPPORTED, ENGINE_FAILED
 */
export async function loadImage(engine: Engine, archive: VerifiedArchive, options: LoadOptions = {}): Promise<LoadedImage> {
  if (archive.platform !== engine.platform)
    throw new ParityError("PLATFORM_UNSUPPORTED", `The image is for ${archive.platform}, the engine runs ${engine.platform}.`);
  const loads = loading.get(engine) ?? new Map<string, Promise<LoadedImage>>();
  loading.set(engine, loads);
  const current = loads.get(archive.configDigest);
  if (current) return current;
  const load = loadOnce(engine, archive, options).finally(() => loads.delete(archive.configDigest));
  loads.set(archive.configDigest, load);
  return load;
}

/**
 * Removes an image unless a container or a tag of somebody else still uses it.
 * @returns whether it is gone
 */
export async function removeImage(engine: Engine, imageId: string): Promise<boolean> {
  const image = engine.docker.getImage(imageId);
  const found = await callIfThere("inspect image", () => image.inspect());
  if (!found) return true;
  if (found.RepoTags?.length) return false; // removing by id would take the user's tag with it
  try {
    await callIfThere("remove image", (abortSignal) => image.remove({ abortSignal }));
    return true;
  } catch (error) {
    if (statusOf(error) === 409) return false;
    throw error;
  }
}

async function loadOnce(engine: Engine, archive: VerifiedArchive, { onAbsent }: LoadOptions): Promise<LoadedImage> {
  const present = await findImage(engine, archive);
  if (present) return { imageId: present, isNew: false };
  onAbsent?.(idsOf(archive));
  await sendArchive(engine, archive);
  const imageId = await findImage(engine, archive);
  if (!imageId)
    throw new ParityError(
      "IMAGE_ID_MISMATCH",
      `The engine has neither sha256:${archive.configDigest} nor sha256:${archive.manifestDigest}.`,
    );
  return { imageId, isNew: true };
}

/** Which of the two digests is the id depends on the engine's image store; both are known beforehand. */
function idsOf({ configDigest, manifestDigest }: VerifiedArchive): string[] {
  return [`sha256:${configDigest}`, `sha256:${manifestDigest}`];
}

async function findImage(engine: Engine, archive: VerifiedArchive): Promise<string | undefined> {
  for (const id of idsOf(archive)) {
    const found = await callIfThere("inspect image", () => engine.docker.getImage(id).inspect());
    if (!found) continue;
    const layers = (found.RootFS.Layers ?? []).map((layer) => layer.replace(/^sha256:/, ""));
    if (found.Id !== id || layers.join() !== archive.diffIds.join() || `${found.Os}/${found.Architecture}` !== archive.platform)
      throw new ParityError("IMAGE_ID_MISMATCH", `The engine's image ${found.Id} is not what the archive ${archive.sha256} holds.`);
    return id;
  }
  return undefined;
}

async function sendArchive(engine: Engine, archive: VerifiedArchive): Promise<void> {
  const file = createReadStream(archive.path, { highWaterMark: 1024 * 1024 });
  const codes = { 400: "IMAGE_LOAD_FAILED", 500: "IMAGE_LOAD_FAILED" } as const;
  try {
    const answer = await callStream("load image", (abortSignal) => engine.docker.loadImage(file, { quiet: 1, abortSignal }), {
      timeoutMs: loadTimeoutMs,
      codes,
    });
    await readProgress(answer, (message) => new ParityError("IMAGE_LOAD_FAILED", `The engine could not load the image: ${message}`));
  } finally {
    file.destroy();
  }
}
