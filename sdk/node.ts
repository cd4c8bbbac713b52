/** What only Node can do for the sdk: files as blobs, and hashing at the speed of OpenSSL. */
import { createHash, type Hash } from "node:crypto";
import { createReadStream } from "node:fs";
import { type FileHandle, lstat, open } from "node:fs/promises";
import { blobFromBytes as blobFromBytesWith } from "./blobs/blob-from-bytes.ts";
import type { Blobbed } from "./blobs/blob-source.ts";
import { readChunks } from "./blobs/chunks.ts";
import type { IncrementalSha256, Sha256Factory } from "./blobs/incremental-sha256.ts";
import { ParityError } from "./errors/index.ts";
import type { Sha256Hex } from "./job/sha256.ts";

/** Makes a hash with node:crypto, for the `createHash` of the blob readers. */
export const createNodeSha256: Sha256Factory = () => wrap(createHash("sha256"));

function wrap(hash: Hash): IncrementalSha256 {
  return {
    update: (chunk) => {
      hash.update(chunk);
    },
    copy: () => wrap(hash.copy()),
    hex: () => hash.digest("hex"),
  };
}

/** Names bytes in memory by their sha256, ready to be put into a store. */
export function blobFromBytes(bytes: Uint8Array): Blobbed {
  return blobFromBytesWith(bytes, { createHash: createNodeSha256 });
}

/**
 * Names a regular file by its sha256, ready to be put into a store; reads it once to hash it and again for each `open`. A file that
 * changes in between is refused by whoever stores it.
 * @throws BLOB_FILE_UNREADABLE
 */
export async function blobFromFile(path: string, options: { signal?: AbortSignal } = {}): Promise<Blobbed> {
  const named = await sha256OfFile(path, options);
  return { ...named, open: () => streamOfFile(path) };
}

/**
 * Hashes a regular file; symbolic links are refused.
 * @throws BLOB_FILE_UNREADABLE
 */
export async function sha256OfFile(path: string, options: { signal?: AbortSignal } = {}): Promise<{ sha256: Sha256Hex; bytes: number }> {
  const hash = createNodeSha256();
  let bytes = 0;
  try {
    if (!(await lstat(path)).isFile()) throw new ParityError("BLOB_FILE_UNREADABLE", `${path} is not a regular file.`);
    for await (const chunk of createReadStream(path, { highWaterMark: FILE_CHUNK_BYTES, ...options })) {
      hash.update(chunk);
      bytes += chunk.length;
    }
  } catch (cause) {
    options.signal?.throwIfAborted();
    if (cause instanceof ParityError) throw cause;
    throw new ParityError("BLOB_FILE_UNREADABLE", `${path} cannot be read: ${(cause as Error).message}.`, { cause });
  }
  return { sha256: hash.hex(), bytes };
}

/** Hashes a stream to its end. */
export async function sha256OfStream(stream: ReadableStream<Uint8Array>): Promise<{ sha256: Sha256Hex; bytes: number }> {
  const hash = createNodeSha256();
  let bytes = 0;
  for await (const chunk of readChunks(stream)) {
    hash.update(chunk);
    bytes += chunk.length;
  }
  return { sha256: hash.hex(), bytes };
}

/**
 * Opens a file as a stream that reads a large chunk whenever it is asked; several times as cheap as a converted Node stream. The
 * stream errors with BLOB_FILE_UNREADABLE where the file cannot be opened or read.
 */
export function streamOfFile(path: string): ReadableStream<Uint8Array> {
  return streamReading(() => open(path, "r"));
}

/** Streams an open file to its end, and closes it. */
export function streamOfHandle(file: FileHandle): ReadableStream<Uint8Array> {
  const opened = Promise.resolve(file);
  return streamReading(() => opened, opened);
}

/** `opening` is the file where it is open already; else it is opened at the first read. */
function streamReading(openFile: () => Promise<FileHandle>, opening?: Promise<FileHandle>): ReadableStream<Uint8Array> {
  let file = opening;
  const close = async () => (await file)?.close();
  const readNext = async () => {
    file ??= openFile();
    const { bytesRead, buffer } = await (await file).read({ buffer: Buffer.allocUnsafe(FILE_CHUNK_BYTES) });
    return buffer.subarray(0, bytesRead);
  };
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const chunk = await readNext().catch(async (cause: Error) => {
          // The failure to read is what counts.
          await close().catch(() => undefined);
          throw new ParityError("BLOB_FILE_UNREADABLE", `A file cannot be read: ${cause.message}.`, { cause });
        });
        if (chunk.length > 0) return controller.enqueue(chunk);
        await close();
        controller.close();
      },
      cancel: close,
    },
    { highWaterMark: 0 },
  );
}

/** Large enough that a gigabyte is a few thousand reads, small enough that many streams at once stay cheap. */
const FILE_CHUNK_BYTES = 256 * 1024;
