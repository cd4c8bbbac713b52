import { execFile } from "node:child_process";
import { createHash, randomUUID } from "node:crypto";
import { createReadStream } from "node:fs";
import { type FileHandle, mkdir, open, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { promisify } from "node:util";
import { type Blobbed, ParityError } from "@parity-protocol/sdk";

/** How many files are flushed to the disk at once: the disk batches them, and few are open. */
const flushesAtOnce = 16;
/** From so many files on, one flush of the whole file system is quicker than one of each: a journal's commit, not thousands. */
const manyFiles = 64;
const flushTimeoutMs = 120_000;

/** The name and the size of a blob. */
export interface BlobName {
  sha256: string;
  bytes: number;
}

/** A blob being written: bytes first, the name afterwards. */
export interface BlobDraft {
  readonly bytes: number;
  write(chunk: Uint8Array): Promise<void>;
  /** Ends the writing; the file gets its name, and is durable, when the folder is committed. */
  keep(): Promise<BlobName>;
}

interface Draft {
  path: string;
  file: FileHandle;
  kept?: BlobName;
}

/**
 * Writes blobs into a folder, as files named by their sha256. Nothing has its name before `commit`, and `close` removes what was not
 * committed. No name that a job chose ever becomes a path here.
 */
export class BlobFolder {
  readonly #directory: string;
  readonly #drafts = new Set<Draft>();

  constructor(directory: string) {
    this.#directory = directory;
  }

  /** Starts a blob whose size and name are not known yet. @throws OUTPUT_UNWRITABLE, here and in all that is done with it */
  async draft(): Promise<BlobDraft> {
    const path = join(this.#directory, `.partial-${randomUUID()}`);
    const file = await onDisk(mkdir(this.#directory, { recursive: true }).then(() => open(path, "wx", 0o644)));
    const draft: Draft = { path, file };
    this.#drafts.add(draft);
    const hash = createHash("sha256");
    let bytes = 0;
    return {
      get bytes() {
        return bytes;
      },
      write: async (chunk) => {
        hash.update(chunk);
        bytes += chunk.length;
        await onDisk(file.writeFile(chunk));
      },
      keep: async () => {
        draft.kept = { sha256: hash.digest("hex"), bytes };
        await onDisk(file.close());
        return draft.kept;
      },
    };
  }

  /** Writes bytes that are in memory. */
  async put(bytes: Uint8Array): Promise<BlobName> {
    const draft = await this.draft();
    await draft.write(bytes);
    return draft.keep();
  }

  /** Makes every kept blob durable under its name, and returns them, each once. @throws OUTPUT_UNWRITABLE */
  async commit(): Promise<Blobbed[]> {
    return onDisk(this.#commit());
  }

  /** Removes everything that was not committed. */
  async close(): Promise<void> {
    for (const draft of this.#drafts) {
      await draft.file.close();
      await rm(draft.path, { force: true });
    }
    this.#drafts.clear();
  }

  async #commit(): Promise<Blobbed[]> {
    const blobs = new Map<string, Blobbed>();
    const kept = [...this.#drafts].filter((draft) => draft.kept !== undefined);
    const isFlushed = kept.length >= manyFiles && (await flushAround(this.#directory));
    for (let at = 0; at < kept.length; at += flushesAtOnce) {
      const named = await Promise.all(kept.slice(at, at + flushesAtOnce).map((draft) => this.#name(draft, isFlushed)));
      for (const blob of named) blobs.set(blob.sha256, blob);
    }
    await syncAndClose(await open(this.#directory, "r")); // a rename is durable only when the folder is
    return [...blobs.values()];
  }

  /** The name appears only when the bytes are on the disk. */
  async #name(draft: Draft, isFlushed: boolean): Promise<Blobbed> {
    const { sha256 = "", bytes = 0 } = draft.kept ?? {};
    if (!isFlushed) await syncAndClose(await open(draft.path, "r+"));
    const path = join(this.#directory, sha256);
    await rename(draft.path, path);
    this.#drafts.delete(draft);
    return { sha256, bytes, open: () => openFile(path) };
  }
}

/** The disk of this machine is neither the job's fault nor the engine's. */
async function onDisk<T>(action: Promise<T>): Promise<T> {
  try {
    return await action;
  } catch (cause) {
    throw new ParityError("OUTPUT_UNWRITABLE", `The output cannot be written: ${(cause as Error).message}`, { cause });
  }
}

/** Flushes the file system of a directory as a whole; says whether it could, by the program that GNU and busybox have for it. */
async function flushAround(directory: string): Promise<boolean> {
  return promisify(execFile)("sync", ["-f", directory], { timeout: flushTimeoutMs }).then(
    () => true,
    () => false,
  );
}

async function syncAndClose(file: FileHandle): Promise<void> {
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}

function openFile(path: string): ReadableStream<Uint8Array> {
  return Readable.toWeb(createReadStream(path)) as ReadableStream<Uint8Array>;
}
