import { type Engine, type LoadedImage, loadImage, removeImage, type VerifiedArchive, verifyArchive } from "@parity-protocol/sandbox";
import type { Hex, JobSpec } from "@parity-protocol/sdk";
import type { FolderStore } from "@parity-protocol/store";
import type { Journal } from "../journal/journal.ts";

type ImageName = JobSpec["image"];
type ImageRecords = Pick<Journal, "recordImage" | "touchImage" | "forgetImage" | "images">;

/**
 * Images whose archives are in the cache: each is verified once a program run, and loaded into the engine when a job needs it. Those
 * that this runner brought there stay for later tasks, up to a bound; the ones that were used longest ago go first.
 */
export class ImageCache {
  readonly #engine: Engine;
  readonly #cache: FolderStore;
  readonly #journal: ImageRecords;
  readonly #maxBytes: number;
  readonly #verified = new Map<string, Promise<VerifiedArchive>>();
  readonly #loaded = new Map<string, Promise<LoadedImage>>();
  /** The archive that each task in hand needs. */
  readonly #held = new Map<Hex, string>();
  #trimming: Promise<void> = Promise.resolve();

  constructor(engine: Engine, cache: FolderStore, { journal, maxBytes }: { journal: ImageRecords; maxBytes: number }) {
    this.#engine = engine;
    this.#cache = cache;
    this.#journal = journal;
    this.#maxBytes = maxBytes;
  }

  /** Verifies an archive that is in the cache. @throws the ARCHIVE_ codes */
  verify(image: ImageName): Promise<VerifiedArchive> {
    return remember(this.#verified, image.archive, () => {
      const claim = { sha256: image.archive, bytes: image.bytes, platform: image.platform };
      return verifyArchive(this.#cache.pathOf(image.archive), claim);
    });
  }

  /**
   * Makes sure that the engine has a task's image, until the task is released.
   * @throws the ARCHIVE_ codes, IMAGE_LOAD_FAILED, IMAGE_ID_MISMATCH, ENGINE_FAILED
   */
  async load(image: ImageName, taskId: Hex): Promise<LoadedImage> {
    this.#held.set(taskId, image.archive);
    const loaded = await remember(this.#loaded, image.archive, async () => {
      // Recorded before the engine has it, under either id: a crash in between must not leave it there for ever.
      const onAbsent = (imageIds: readonly string[]) => {
        for (const id of imageIds) this.#journal.recordImage(id, image);
      };
      const fresh = await loadImage(this.#engine, await this.verify(image), { onAbsent });
      for (const { imageId, archive } of this.#journal.images())
        if (archive === image.archive && imageId !== fresh.imageId) this.#journal.forgetImage(imageId);
      return fresh;
    });
    this.#journal.touchImage(loaded.imageId, image.archive);
    if (loaded.isNew) void this.trim();
    return loaded;
  }

  /** Allows a task's image to be removed. */
  release(taskId: Hex): void {
    this.#held.delete(taskId);
  }

  /** Forgets that an image was loaded, for when the engine turns out to have lost it. */
  forget(image: ImageName): void {
    this.#loaded.delete(image.archive);
  }

  /** Removes images from the engine until those that this runner brought there keep to the bound; never one that a task in hand needs. */
  trim(): Promise<void> {
    // What cannot be removed now is tried again the next time.
    this.#trimming = this.#trimming.then(() => this.#trimOnce()).catch(() => undefined);
    return this.#trimming;
  }

  async #trimOnce(): Promise<void> {
    const images = this.#journal.images();
    let excess = images.reduce((sum, { bytes }) => sum + bytes, 0) - this.#maxBytes;
    for (const { imageId, archive, bytes } of images) {
      if (excess <= 0) return;
      if (archive !== undefined && [...this.#held.values()].includes(archive)) continue;
      if (archive !== undefined) this.#loaded.delete(archive);
      if (!(await removeImage(this.#engine, imageId))) continue;
      this.#journal.forgetImage(imageId);
      excess -= bytes;
    }
  }
}

/** Shares one attempt among those who ask at once; a failure is not remembered. */
function remember<T>(made: Map<string, Promise<T>>, name: string, make: () => Promise<T>): Promise<T> {
  const current = made.get(name);
  if (current) return current;
  const attempt = make();
  made.set(name, attempt);
  attempt.catch(() => made.delete(name));
  return attempt;
}
