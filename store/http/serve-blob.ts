import type { FileHandle } from "node:fs/promises";
import type { ServerResponse } from "node:http";
import { ParityError, type Sha256Hex } from "@parity-protocol/sdk";
import { openFile } from "../folder/open-blob-file.ts";
import type { Call } from "./call.ts";
import { type ByteRange, rangeOf } from "./range.ts";
import { sendError, writeHead } from "./send.ts";

/** Up to this size a blob is read and sent in one piece. */
const SENT_WHOLE_BYTES = 256 * 1024;

/** Answers GET and HEAD of a blob, whole or a range of it. @throws BLOB_NOT_FOUND, STORE_RANGE_INVALID */
export async function serveBlob(call: Call, sha256: Sha256Hex): Promise<void> {
  await call.folder.ready();
  const opened = await openFile(call.folder.pathOf(sha256));
  if (!opened) throw new ParityError("BLOB_NOT_FOUND", `This store does not have blob ${sha256}.`);
  try {
    await serveFile(call, sha256, opened);
  } finally {
    await opened.file.close();
  }
}

async function serveFile(call: Call, sha256: Sha256Hex, { file, bytes }: { file: FileHandle; bytes: number }): Promise<void> {
  const { method, headers } = call.request;
  const etag = `"${sha256}"`;
  const head = headOf(etag);
  if (headers["if-none-match"]?.split(",").some((tag) => tag.trim().replace(/^W\//, "") === etag)) {
    writeHead(call, 304, head);
    call.response.end();
    return;
  }
  const isPartAllowed = method === "GET" && (headers["if-range"] === undefined || headers["if-range"] === etag);
  const range = isPartAllowed ? rangeOf(headers.range, bytes) : undefined;
  if (range === "beyond")
    throw new ParityError("STORE_RANGE_INVALID", `Blob ${sha256} has ${bytes} bytes.`, { details: { range: `bytes */${bytes}` } });
  const part = range ?? { first: 0, last: bytes - 1 };
  const length = part.last - part.first + 1;
  const partHead = range ? { "content-range": `bytes ${part.first}-${part.last}/${bytes}` } : {};
  writeHead(call, range ? 206 : 200, { ...head, ...partHead, "content-length": length });
  if (method === "HEAD" || length === 0) call.response.end();
  else if (length <= SENT_WHOLE_BYTES) await sendWhole(call, file, part);
  else await sendStream(call, file, part);
}

/** A blob never changes and is never shown by a browser, only saved. */
function headOf(etag: string): Record<string, string> {
  return {
    etag,
    "content-type": "application/octet-stream",
    "content-disposition": "attachment",
    "cache-control": "public, max-age=31536000, immutable",
    "accept-ranges": "bytes",
  };
}

async function sendWhole(call: Call, file: FileHandle, part: ByteRange): Promise<void> {
  const length = part.last - part.first + 1;
  const { bytesRead, buffer } = await file.read(Buffer.allocUnsafe(length), 0, length, part.first);
  if (bytesRead === length) call.response.end(buffer);
  else sendError(call, new ParityError("STORE_DISK_FAILED", `A blob's file gave ${bytesRead} of ${length} bytes.`));
}

/** Large buffers cost a third less of a processor than small ones; with many readers at once they would be much memory. */
const BUFFER_BYTES = { few: 1024 ** 2, many: 128 * 1024 };
const MANY_STREAMS = 32;
let openStreams = 0;

async function sendStream(call: Call, file: FileHandle, part: ByteRange): Promise<void> {
  openStreams += 1;
  try {
    await sendInTurns(call, file, part);
  } finally {
    openStreams -= 1;
  }
}

/** Two buffers take turns, one being read into while the other is on its way: half the work of a stream that makes new ones. */
async function sendInTurns({ response, logger }: Call, file: FileHandle, part: ByteRange): Promise<void> {
  const bytes = openStreams > MANY_STREAMS ? BUFFER_BYTES.many : BUFFER_BYTES.few;
  const turns = [1, 2].map(() => ({ buffer: Buffer.allocUnsafeSlow(bytes), sent: Promise.resolve() }));
  for (let at = part.first, i = 0; at <= part.last && !response.destroyed; i ^= 1) {
    const turn = turns[i] as (typeof turns)[number];
    await turn.sent;
    const { bytesRead } = await file.read(turn.buffer, 0, Math.min(turn.buffer.length, part.last - at + 1), at);
    if (bytesRead === 0) {
      // The head is out already: a cut connection is all that can tell the reader.
      logger.error({ at, part }, "Blob's file ended early");
      response.destroy();
      return;
    }
    at += bytesRead;
    turn.sent = send(response, turn.buffer.subarray(0, bytesRead));
  }
  await Promise.all(turns.map(({ sent }) => sent));
  response.end();
}

/** Resolves when the buffer can be used again: when it was written, or when the reader has gone away. */
function send(response: ServerResponse, chunk: Uint8Array): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      response.off("close", done);
      resolve();
    };
    response.once("close", done);
    response.write(chunk, done);
  });
}
