import { ParityError } from "@parity-protocol/sdk";
import type { Call } from "./call.ts";

/** The size that the sender announced, where it did. @throws STORE_REQUEST_INVALID for a compressed body */
export function announcedBytes(call: Call): number | undefined {
  const { "content-encoding": encoding = "identity", "content-length": length } = call.request.headers;
  if (encoding !== "identity")
    throw new ParityError("STORE_REQUEST_INVALID", `A body must be sent as it is, not as ${encoding.slice(0, 40)}.`);
  return length === undefined ? undefined : Number(length);
}

/**
 * Reads a request's body chunk by chunk. Leaving early keeps the connection open for the answer.
 * @throws STORE_UPLOAD_INCOMPLETE when the sender goes away or drips
 */
export async function* receiveChunks(call: Call): AsyncGenerator<Uint8Array, void, undefined> {
  if (call.isAwaitingContinue) {
    call.isAwaitingContinue = false;
    call.response.writeContinue();
  }
  const startedAt = performance.now();
  let bytes = 0;
  try {
    for await (const chunk of call.request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      requirePace(call, bytes, performance.now() - startedAt);
      yield chunk;
    }
  } catch (error) {
    if (!call.request.destroyed || call.request.complete) throw error;
    throw new ParityError("STORE_UPLOAD_INCOMPLETE", `The sender went away after ${bytes} bytes.`, { cause: error });
  }
}

function requirePace(call: Call, bytes: number, elapsedMs: number): void {
  const { idleTimeoutMs, minBytesPerSecond } = call.bounds;
  if (elapsedMs <= idleTimeoutMs || (bytes * 1000) / elapsedMs >= minBytesPerSecond) return;
  throw new ParityError("STORE_UPLOAD_INCOMPLETE", `${bytes} bytes in ${Math.round(elapsedMs)} ms are too slow.`);
}

/** Reads a small body into memory. @throws STORE_REQUEST_INVALID above `maxBytes` */
export async function receiveWhole(call: Call, maxBytes: number): Promise<Buffer> {
  const tooLarge = () => new ParityError("STORE_REQUEST_INVALID", `The body has more than the ${maxBytes} bytes that are accepted here.`);
  if ((announcedBytes(call) ?? 0) > maxBytes) throw tooLarge();
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of receiveChunks(call)) {
    bytes += chunk.length;
    if (bytes > maxBytes) throw tooLarge();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
