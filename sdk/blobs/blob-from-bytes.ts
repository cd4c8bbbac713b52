import type { Blobbed } from "./blob-source.ts";
import { streamOfBytes } from "./chunks.ts";
import { createSha256, type Sha256Factory } from "./incremental-sha256.ts";

/** Names bytes in memory by their sha256, ready to be put into a store. */
export function blobFromBytes(bytes: Uint8Array, options: { createHash?: Sha256Factory } = {}): Blobbed {
  const hash = (options.createHash ?? createSha256)();
  hash.update(bytes);
  return { sha256: hash.hex(), bytes: bytes.length, open: () => streamOfBytes(bytes) };
}
