import type { Stats } from "node:fs";
import { rm, stat, utimes } from "node:fs/promises";
import { resolve } from "node:path";
import { type BlobStore, jobBounds, ParityError, readChunks, runConcurrently, type Sha256Hex } from "@parity-protocol/sdk";
import { sha256OfFile } from "@parity-protocol/sdk/node";
import { diskError, isAbsent } from "./folder/disk-error.ts";
import { Incoming } from "./folder/incoming.ts";
import { blobPath, type Layout, layoutOf, listBlobs, makeDirectories, type StoredBlob } from "./folder/layout.ts";
import { openBlobFile } from "./folder/open-blob-file.ts";
import { Space, type SpaceUse } from "./folder/space.ts";
import { currentBoot, noteUnsynced, unsyncedSince } from "./folder/unsynced-since.ts";
import { requireUsable } from "./folder/usable-directory.ts";
import { type ArrivingBlob, type WrittenBlob, writeBlob } from "./folder/write-blob.ts";

/** Bounds of a folder. */
export interface FolderStoreOptions {
  /** How much all blobs may take together; unbounded unless told. */
  maxBytes?: number;
  /** How much one blob may have; 16 GiB unless told. */
  maxBlobBytes?: number;
  /**
   * False for a cache: writes are not synced, which is many times as fast for small blobs. A killed process still leaves no torn
   * blob; after a restart of the machine every blob is hashed once and the torn ones are dropped.
   */
  isDurable?: boolean;
}

/** Blobs in a directory, one file each, complete or absent. */
export interface FolderStore extends BlobStore {
  readonly directory: string;
  /** Makes the directory, sweeps what a killed process left and counts what is there. Every other call waits for it. @throws STORE_DISK_FAILED, STORE_DIRECTORY_UNUSABLE */
  ready(): Promise<void>;
  /** The size of a blob, or nothing when it is not there. */
  bytesOf(sha256: Sha256Hex): Promise<number | undefined>;
  /** Where a blob's file is or would be; it must not be written to. @throws BLOB_NAME_INVALID */
  pathOf(sha256: Sha256Hex): string;
  /**
   * Stores bytes as they arrive, verified; says whether they were new. A failure leaves nothing.
   * @throws BLOB_CORRUPT, BLOB_TOO_LARGE, STORE_FULL, STORE_DISK_FAILED
   */
  receive(arriving: ArrivingBlob): Promise<{ isNew: boolean; bytes: number }>;
  list(): AsyncGenerator<StoredBlob>;
  /** Removes a blob, where told only one that was last used before; says whether it did. Readers that have it open keep it. */
  remove(sha256: Sha256Hex, options?: { unusedSinceMs?: number }): Promise<boolean>;
  /** Notes that a blob is used until then, milliseconds since 1970, or longer if that was noted before; says whether it is there. */
  markUsed(sha256: Sha256Hex, untilMs: number): Promise<boolean>;
  /** What is taken of what may be taken. */
  use(): Promise<SpaceUse>;
}

/** Makes a store of a directory; several processes of one machine may share it, though each counts only its own writes against `maxBytes`. */
export function folderStore(directory: string, options: FolderStoreOptions = {}): FolderStore {
  return new Folder(resolve(directory), options);
}

class Folder implements FolderStore {
  readonly directory: string;
  readonly label: string;
  readonly #layout: Layout;
  readonly #options: FolderStoreOptions;
  readonly #incoming: Incoming;
  readonly #space: Space;
  readonly #accepting = new Map<Sha256Hex, Promise<boolean>>();
  #opening: Promise<void> | undefined;

  constructor(directory: string, options: FolderStoreOptions) {
    this.directory = directory;
    this.label = directory;
    this.#options = options;
    this.#layout = layoutOf(directory);
    this.#incoming = new Incoming(this.#layout.incoming, options.isDurable ?? true);
    this.#space = new Space(options.maxBytes ?? Number.POSITIVE_INFINITY);
  }

  ready(): Promise<void> {
    this.#opening ??= this.#open().catch((error: unknown) => {
      this.#opening = undefined;
      throw diskError(error, `opening ${this.directory}`);
    });
    return this.#opening;
  }

  async open(sha256: Sha256Hex): Promise<ReadableStream<Uint8Array>> {
    await this.ready();
    const stream = await openBlobFile(this.pathOf(sha256)).catch((error: unknown) => {
      throw diskError(error, `reading blob ${sha256}`);
    });
    if (stream) return stream;
    throw new ParityError("BLOB_NOT_FOUND", `${this.label} does not have blob ${sha256}.`);
  }

  async missing(names: readonly Sha256Hex[]): Promise<Sha256Hex[]> {
    const absent = new Set<Sha256Hex>();
    await runConcurrently(names, 16, async (name) => {
      if ((await this.bytesOf(name)) === undefined) absent.add(name);
    });
    return names.filter((name) => absent.has(name));
  }

  async put(blob: Parameters<BlobStore["put"]>[0], options: { signal?: AbortSignal } = {}): Promise<void> {
    if ((await this.bytesOf(blob.sha256)) === blob.bytes) return;
    await this.receive({ sha256: blob.sha256, bytes: blob.bytes, chunks: readChunks(blob.open()), ...options });
  }

  async bytesOf(sha256: Sha256Hex): Promise<number | undefined> {
    await this.ready();
    // A blob whose name is not synced yet is not promised to anybody.
    await this.#accepting.get(sha256)?.catch(() => undefined);
    return sizeOf(this.pathOf(sha256));
  }

  pathOf(sha256: Sha256Hex): string {
    return blobPath(this.#layout, sha256);
  }

  async receive(arriving: ArrivingBlob): Promise<{ isNew: boolean; bytes: number }> {
    await this.ready();
    const path = this.pathOf(arriving.sha256);
    const writer = { incoming: this.#incoming, space: this.#space, maxBlobBytes: this.#options.maxBlobBytes ?? jobBounds.archiveBytes };
    try {
      const written = await writeBlob(writer, arriving);
      const isNew = await this.#inTurn(arriving.sha256, () => this.#accept(written, path));
      return { isNew, bytes: written.bytes };
    } catch (error) {
      throw diskError(error, `writing blob ${arriving.sha256}`);
    }
  }

  /** Gives a written blob its name, or forgets it where the same is there already; says whether it was new. */
  async #accept({ incoming, bytes }: WrittenBlob, path: string): Promise<boolean> {
    try {
      const former = await sizeOf(path);
      if (former === bytes) await this.#incoming.discard(incoming);
      else await this.#incoming.accept(incoming, path);
      this.#space.release(former ?? 0);
      return former !== bytes;
    } catch (error) {
      this.#space.release(bytes);
      await this.#incoming.discard(incoming);
      throw error;
    }
  }

  async *list(): AsyncGenerator<StoredBlob> {
    await this.ready();
    yield* listBlobs(this.#layout);
  }

  async remove(sha256: Sha256Hex, { unusedSinceMs = Number.POSITIVE_INFINITY }: { unusedSinceMs?: number } = {}): Promise<boolean> {
    await this.ready();
    const path = this.pathOf(sha256);
    return this.#inTurn(sha256, async () => {
      const found = await statOf(path);
      if (found === undefined || found.mtimeMs >= unusedSinceMs) return false;
      await rm(path, { force: true });
      this.#space.release(found.size);
      return true;
    });
  }

  async markUsed(sha256: Sha256Hex, untilMs: number): Promise<boolean> {
    await this.ready();
    const path = this.pathOf(sha256);
    return this.#inTurn(sha256, async () => {
      const found = await statOf(path);
      // The file's own time says it: no table has to agree with the directory after a crash.
      if (found && found.mtimeMs < untilMs) await utimes(path, found.atime, new Date(untilMs));
      return found !== undefined;
    });
  }

  async use(): Promise<SpaceUse> {
    await this.ready();
    return this.#space.use;
  }

  /** Changes to one blob happen one after the other, so that its size is counted once. */
  async #inTurn(sha256: Sha256Hex, change: () => Promise<boolean>): Promise<boolean> {
    for (let former = this.#accepting.get(sha256); former; former = this.#accepting.get(sha256)) await former.catch(() => undefined);
    const turn = change();
    this.#accepting.set(sha256, turn);
    try {
      return await turn;
    } finally {
      this.#accepting.delete(sha256);
    }
  }

  async #open(): Promise<void> {
    await requireUsable(this.directory);
    await makeDirectories(this.#layout, this.#options.isDurable ?? true);
    await this.#incoming.sweep();
    await this.#dropTorn();
    for await (const blob of listBlobs(this.#layout)) this.#space.add(blob.bytes);
  }

  /** After a restart of the machine, what was written without syncing may be torn. */
  async #dropTorn(): Promise<void> {
    const [boot, since] = [await currentBoot(), await unsyncedSince(this.directory)];
    if (since !== undefined && since !== boot)
      for await (const blob of listBlobs(this.#layout)) {
        const path = this.pathOf(blob.sha256);
        if ((await sha256OfFile(path)).sha256 !== blob.sha256) await rm(path, { force: true });
      }
    if (boot !== undefined && since !== boot && this.#options.isDurable === false) await noteUnsynced(this.directory, boot);
  }
}

async function sizeOf(path: string): Promise<number | undefined> {
  return (await statOf(path))?.size;
}

async function statOf(path: string): Promise<Stats | undefined> {
  try {
    return await stat(path);
  } catch (error) {
    if (isAbsent(error)) return undefined;
    throw diskError(error, "looking for a blob");
  }
}
