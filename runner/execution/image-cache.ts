import { type Engine, type LoadedImage, loadImage, removeImage, type VerifiedArchive, verifyArchive } from "@parity-protocol/sandbox";
import type { JobSpec } from "@parity-protocol/sdk";
import type { FolderStore } from "@parity-protocol/store";
import type { Journal } from "../journal/journal.ts";

type ImageName = JobSpec["image"];

/** Images whose archives are in the cache: each is verified once a program run, and loaded into the engine when a job needs it. */
export class ImageCache {
  readonly #engine: Engine;
  readonly #cache: FolderStore;
  readonly #journal: Pick<Journal, "recordImage" | "forgetImage" | "images">;
  readonly #verified = new Map<string, Promise<VerifiedArchive>>();
  readonly #loaded = new Map<string, Promise<LoadedImage>>();

  constructor(engine: Engine, cache: FolderStore, journal: Pick<Journal, "recordImage" | "forgetImage" | "images">) {
    this.#engine = engine;
    this.#cache = cache;
    this.#journal = journal;
  }

  /** Verifies an archive that is in the cache. @throws the ARCHIVE_ codes */
  verify(image: ImageName): Promise<VerifiedArchive> {
    return remember(this.#verified, image.archive, () => {
      const claim = { sha256: image.archive, bytes: image.bytes, platform: image.platform };
      return verifyArchive(this.#cache.pathOf(image.archive), claim);
    });
  }

  /** Makes sure that the engine has the image. @throws the ARCHIVE_ codes, IMAGE_LOAD_FAILED, IMAGE_ID_MISMATCH, ENGINE_FAILED */
  load(image: ImageName): Promise<LoadedImage> {
    return remember(this.#loaded, image.archive, async () => {
      // Recorded before the engine has it, under either id: a crash in between must not leave it there for ever.
      const onAbsent = (imageIds: readonly string[]) => {
        for (const id of imageIds) this.#journal.recordImage(id);
      };
      return loadImage(this.#engine, await this.verify(image), { onAbsent });
    });
  }

  /** Forgets that an image was loaded, for when the engine turns out to have lost it. */
  forget(image: ImageName): void {
    this.#loaded.delete(image.archive);
  }

  /** Removes from the engine the images that this runner brought there, except those that something still uses. */
  async removeOwn(): Promise<void> {
    await Promise.allSettled(this.#loaded.values());
    this.#loaded.clear();
    const removals = this.#journal.images().map(async (imageId) => {
      if (await removeImage(this.#engine, imageId)) this.#journal.forgetImage(imageId);
    });
    // What stays is removed at the next stop.
    await Promise.allSettled(removals);
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
