import { pipeline } from "node:stream";
import { createGunzip, createZstdDecompress } from "node:zlib";

/** Gives the bytes of a file that may be compressed by gzip or zstd, as its first bytes say. */
export async function* uncompressed(content: AsyncGenerator<Buffer>): AsyncGenerator<Uint8Array> {
  const first = await content.next();
  if (first.done) return;
  const whole = prepend(first.value, content);
  const magic = first.value.toString("hex", 0, 4);
  const decompress = magic.startsWith("1f8b") ? createGunzip() : magic === "28b52ffd" ? createZstdDecompress() : undefined;
  yield* decompress ? pipeline(whole, decompress, () => {}) : whole;
}

async function* prepend(first: Uint8Array, rest: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield first;
  yield* rest;
}
