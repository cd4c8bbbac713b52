import { createHash, randomUUID } from "node:crypto";
import { createReadStream } from "node:fs";
import { type FileHandle, mkdir, open, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import type { Blobbed } from "@parity-protocol/sdk";

/** How many files are flushed to the disk at once: the disk batches them, and few stay open. */
const maxFlushes = 16;

/** The name and the size of a blob. */
export interface BlobName {
  sha256: string;
  bytes: number;
}

/** A blob being written: bytes first, the name afterwards. */
export interface BlobDraft {
  readonly bytes: number;
  write(chunk: Uint8Array): Promise<void>;
  /** Ends the writing; the blob gets its name and is durable when the folder is committed. */
  keep(): Promise<BlobName>;
}

interface Draft {
  path: string;
  file: FileHandle;
  kept?: BlobName;
}

/**
 * Writes blobs into a folder, as files named by their sha256, all or none: nothing has its name before `commit`, and `close` removes what
 * was not committed. No name that a job chose ever becomes a path here.
 */
export class BlobFolder {
  readonly #directory: string;
  readonly #drafts = new Set<Draft>();
  readonly #flushes = new Set<Promise<void>>();
  #failure: unknown;

  constructor(directory: string) {
    this.#directory = directory;
  }

  /** Starts a blob whose size and name are not known yet. */
  async draft(): Promise<BlobDraft> {
    await mkdir(this.#directory, { recursive: true });
    const path = join(this.#directory, `.partial-${randomUUID()}`);
    const draft: Draft = { path, file: await open(path, "wx", 0o644) };
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
        await draft.file.writeFile(chunk);
      },
      keep: async () => {
        draft.kept = { sha256: hash.digest("hex"), bytes };
        await this.#flush(draft);
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

  /** Gives every kept blob its name once all are on the disk, and returns them, each once. */
  async commit(): Promise<Blobbed[]> {
    await Promise.all(this.#flushes);
    if (this.#failure !== undefined) throw this.#failure;
    const blobs = new Map<string, Blobbed>();
    for (const draft of this.#drafts) {
      if (!draft.kept) continue;
      const path = join(this.#directory, draft.kept.sha256);
      await rename(draft.path, path);
      this.#drafts.delete(draft);
      blobs.set(draft.kept.sha256, { ...draft.kept, open: () => openFile(path) });
    }
    await syncDirectory(this.#directory);
    return [...blobs.values()];
  }

  /** Removes everything that was not committed. */
  async close(): Promise<void> {
    await Promise.allSettled(this.#flushes);
    for (const draft of this.#drafts) {
      await draft.file.close();
      await rm(draft.path, { force: true });
    }
    this.#drafts.clear();
  }

  async #flush(draft: Draft): Promise<void> {
    while (this.#flushes.size >= maxFlushes) await Promise.race(this.#flushes);
    const flush = syncAndClose(draft.file)
      .catch((error: unknown) => {
        this.#failure ??= error;
      })
      .finally(() => this.#flushes.delete(flush));
    this.#flushes.add(flush);
  }
}

async function syncAndClose(file: FileHandle): Promise<void> {
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}

/** A rename is durable only when the folder is. */
async function syncDirectory(directory: string): Promise<void> {
  await syncAndClose(await open(directory, "r"));
}

function openFile(path: string): ReadableStream<Uint8Array> {
  return Readable.toWeb(createReadStream(path)) as ReadableStream<Uint8Array>;
}
