import { ParityError } from "../errors/index.ts";
import type { Sha256Hex } from "../job/sha256.ts";
import { blobFromBytes } from "./blob-from-bytes.ts";
import type { Blobbed, BlobStore } from "./blob-source.ts";
import { joinChunks, readChunks, streamOfBytes } from "./chunks.ts";

/** A store that keeps its blobs in memory: for programs that build a job by themselves, and for tests. */
export interface MemoryStore extends BlobStore {
  /** Keeps bytes and returns their name. */
  add(bytes: Uint8Array): Sha256Hex;
  readonly blobs: ReadonlyMap<Sha256Hex, Uint8Array>;
}

/** Makes an empty store in memory. `put` verifies, as every store does. */
export function memoryStore(label = "memory"): MemoryStore {
  const blobs = new Map<Sha256Hex, Uint8Array>();
  const add = (bytes: Uint8Array): Sha256Hex => {
    const { sha256 } = blobFromBytes(bytes);
    blobs.set(sha256, bytes);
    return sha256;
  };
  return {
    label,
    blobs,
    add,
    async open(sha256) {
      const bytes = blobs.get(sha256);
      if (!bytes) throw new ParityError("BLOB_NOT_FOUND", `${label} does not have blob ${sha256}.`);
      return streamOfBytes(bytes);
    },
    async missing(names) {
      return names.filter((name) => !blobs.has(name));
    },
    async put(blob) {
      if (!blobs.has(blob.sha256)) add(await readVerified(blob));
    },
  };
}

async function readVerified(blob: Blobbed): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of readChunks(blob.open())) chunks.push(chunk);
  const bytes = joinChunks(chunks);
  const { sha256 } = blobFromBytes(bytes);
  if (sha256 !== blob.sha256) throw new ParityError("BLOB_CORRUPT", `The bytes of blob ${blob.sha256} hash to ${sha256}.`);
  return bytes;
}
