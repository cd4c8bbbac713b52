import { isParityError, ParityError, readChunks, type Sha256Hex } from "@parity-protocol/sdk";
import type { WriteGrant } from "../writers/grant.ts";
import { grantWrite } from "../writers/grant-write.ts";
import type { Call } from "./call.ts";
import { announcedBytes, receiveChunks } from "./receive.ts";
import { sendJson } from "./send.ts";

/** Up to this size it is cheaper to read what is known already than to lose the connection. */
const READ_ANYWAY_BYTES = 1024 ** 2;

/**
 * Answers PUT of a blob: 201 when it is new, 200 when it was there; in both cases it is durable. 202 for a manifest that waits for the
 * blobs that it names. Whatever is wrong with it leaves nothing behind.
 * @throws STORE_REFUSED, STORE_WRITE_NOT_DUE, STORE_QUOTA_EXCEEDED, STORE_BUSY, STORE_REQUEST_INVALID, STORE_UPLOAD_INCOMPLETE, STORE_FULL,
 * BLOB_TOO_LARGE, BLOB_CORRUPT, OUTPUT_MANIFEST_INVALID
 */
export async function takeBlob(call: Call, sha256: Sha256Hex): Promise<void> {
  const grant = await grantWrite(call, { path: `/blobs/${sha256}`, target: { blob: sha256 } });
  const announced = announcedBytes(call);
  const { maxBlobBytes } = call.bounds;
  if (announced !== undefined && announced > maxBlobBytes)
    throw new ParityError("BLOB_TOO_LARGE", `${announced} bytes were announced, this store takes ${maxBlobBytes} a blob.`);
  const present = await call.folder.bytesOf(sha256);
  const isPresent = present !== undefined && present === (announced ?? present);
  // What is about to be swept is used again from now on.
  if (isPresent && (await call.folder.markUsed(sha256, grant.usedUntilMs ?? Date.now()))) {
    if (present <= READ_ANYWAY_BYTES) for await (const _ of receiveChunks(call));
    sendJson(call, { status: 200, json: { sha256, bytes: present } });
    return;
  }
  const taken = await charged(call, grant, () =>
    receive(call, grant, { sha256, ...(announced === undefined ? {} : { bytes: announced }) }),
  );
  call.logger.debug({ sha256, bytes: taken.bytes, by: grant.by }, "Blob stored");
  sendJson(call, { status: taken.status, json: { sha256, bytes: taken.bytes } });
}

/** Makes a write that counts for a quota; one that comes to nothing, or was there already, does not count. */
export async function charged<T extends { isNew: boolean }>({ signed }: Call, { charge }: WriteGrant, write: () => Promise<T>): Promise<T> {
  const giveBack = charge && signed ? signed.quota.charge(charge, Math.floor(Date.now() / 1000)) : () => undefined;
  try {
    const written = await write();
    if (!written.isNew) giveBack();
    return written;
  } catch (error) {
    giveBack();
    throw error;
  }
}

interface Arriving {
  sha256: Sha256Hex;
  bytes?: number;
}

interface Taken {
  status: 200 | 201 | 202;
  isNew: boolean;
  bytes: number;
}

async function receive(call: Call, grant: WriteGrant, arriving: Arriving): Promise<Taken> {
  if (grant.isManifest) return receiveManifest(call, grant, arriving);
  const { isNew, bytes } = await call.folder.receive({ ...arriving, chunks: untilReceived(call) });
  if (grant.usedUntilMs !== undefined) await call.folder.markUsed(arriving.sha256, grant.usedUntilMs);
  return { status: isNew ? 201 : 200, isNew, bytes };
}

/** A manifest waits aside until all that it names is there: one that can be read leads to blobs that can be read. */
async function receiveManifest({ announced, folder, ...call }: Call, grant: WriteGrant, { sha256, ...size }: Arriving): Promise<Taken> {
  const { aside } = announced;
  const { isNew, bytes } = await aside.receive({ sha256, ...size, chunks: untilReceived({ ...call, announced, folder }) });
  const isComplete = await announced.isComplete(sha256).catch(async (error: unknown) => {
    await aside.remove(sha256);
    throw error;
  });
  if (!isComplete) return { status: 202, isNew, bytes };
  const waiting = await aside.open(sha256).catch((error: unknown) => {
    if (isParityError(error, "BLOB_NOT_FOUND")) return undefined;
    throw error;
  });
  // Another runner of the task has just put it into its place.
  if (!waiting) return { status: 200, isNew: false, bytes };
  await folder.receive({ sha256, bytes, chunks: readChunks(waiting) });
  if (grant.usedUntilMs !== undefined) await folder.markUsed(sha256, grant.usedUntilMs);
  await aside.remove(sha256);
  return { status: 201, isNew, bytes };
}

/** Once all is received the sender waits for the disk: its silence is no longer a reason to hang up. */
async function* untilReceived(call: Call): AsyncGenerator<Uint8Array, void, undefined> {
  yield* receiveChunks(call);
  call.request.socket.setTimeout(0);
}
