import { ParityError, type Sha256Hex } from "@parity-protocol/sdk";
import type { Call } from "./call.ts";
import { announcedBytes, receiveChunks, requireToken } from "./receive.ts";
import { sendJson } from "./send.ts";

/** Up to this size it is cheaper to read what is known already than to lose the connection. */
const READ_ANYWAY_BYTES = 1024 ** 2;

/**
 * Answers PUT of a blob: 201 when it is new, 200 when it was there; in both cases it is durable. Whatever is wrong with it leaves
 * nothing behind.
 * @throws STORE_REFUSED, STORE_REQUEST_INVALID, STORE_UPLOAD_INCOMPLETE, STORE_FULL, BLOB_TOO_LARGE, BLOB_CORRUPT
 */
export async function takeBlob(call: Call, sha256: Sha256Hex): Promise<void> {
  requireToken(call);
  const announced = announcedBytes(call);
  const { maxBlobBytes } = call.bounds;
  if (announced !== undefined && announced > maxBlobBytes)
    throw new ParityError("BLOB_TOO_LARGE", `${announced} bytes were announced, this store takes ${maxBlobBytes} a blob.`);
  const present = await call.folder.bytesOf(sha256);
  if (present !== undefined && present === (announced ?? present)) {
    if (present <= READ_ANYWAY_BYTES) for await (const _ of receiveChunks(call));
    sendJson(call, { status: 200, json: { sha256, bytes: present } });
    return;
  }
  const size = announced === undefined ? {} : { bytes: announced };
  const taken = await call.folder.receive({ sha256, ...size, chunks: untilReceived(call) });
  call.logger.debug({ sha256, bytes: taken.bytes }, "Blob stored");
  sendJson(call, { status: taken.isNew ? 201 : 200, json: { sha256, bytes: taken.bytes } });
}

/** Once all is received the sender waits for the disk: its silence is no longer a reason to hang up. */
async function* untilReceived(call: Call): AsyncGenerator<Uint8Array, void, undefined> {
  yield* receiveChunks(call);
  call.request.socket.setTimeout(0);
}
