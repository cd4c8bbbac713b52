import { createHash } from "node:crypto";
import type { Blobbed } from "@parity-protocol/sdk";

const MIB = 1024 ** 2;

/** A blob in which no two MiB are equal, made as it is read. @param bytes a multiple of 1 MiB */
export function largeBlob(bytes: number): Blobbed {
  const chunk = Buffer.alloc(MIB, 7);
  function* chunks() {
    for (let i = 0; i < bytes / MIB; i++) {
      chunk.writeUInt32LE(i, 0);
      yield Buffer.from(chunk);
    }
  }
  const hash = createHash("sha256");
  for (const each of chunks()) hash.update(each);
  return { sha256: hash.digest("hex"), bytes, open: () => ReadableStream.from(chunks()) as ReadableStream<Uint8Array> };
}
