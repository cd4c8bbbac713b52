/** What only Node can do for the sdk: files as blobs, and hashing at the speed of OpenSSL. */
import { createHash, type Hash } from "node:crypto";
import { createReadStream } from "node:fs";
import { lstat } from "node:fs/promises";
import { Readable } from "node:stream";
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

/** Opens a file as a stream of large chunks. */
export function streamOfFile(path: string): ReadableStream<Uint8Array> {
  return Readable.toWeb(createReadStream(path, { highWaterMark: FILE_CHUNK_BYTES })) as ReadableStream<Uint8Array>;
}

/** Large enough that a gigabyte is a few thousand reads, small enough that many streams at once stay cheap. */
const FILE_CHUNK_BYTES = 256 * 1024;
