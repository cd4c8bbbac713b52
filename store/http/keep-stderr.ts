import { createHash } from "node:crypto";
import { MAX_STDERR_NOTE_BYTES, ParityError } from "@parity-protocol/sdk";
import type { NoteKey } from "../folder/stderr-notes.ts";
import { grantWrite } from "../writers/grant-write.ts";
import type { Call } from "./call.ts";
import { receiveWhole } from "./receive.ts";
import { sendJson, writeHead } from "./send.ts";
import { charged } from "./take-blob.ts";

/** Answers PUT of a run's stderr. @throws STORE_REFUSED, STORE_WRITE_NOT_DUE, STORE_REQUEST_INVALID, STORE_FULL, BLOB_CORRUPT */
export async function takeStderr(call: Call, key: NoteKey): Promise<void> {
  const path = `/tasks/${key.taskId}/runners/${key.identity}/stderr`;
  const grant = await grantWrite(call, { path, target: { note: key } });
  const content = await receiveWhole(call, MAX_STDERR_NOTE_BYTES);
  const signedFor = call.request.headers["parity-sha256"];
  if (grant.by === "runner" && createHash("sha256").update(content).digest("hex") !== signedFor)
    throw new ParityError("BLOB_CORRUPT", "The bytes of the note are not the ones that were signed for.");
  await charged(call, grant, async () => ({ isNew: true, taken: await call.notes.put(key, content) }));
  sendJson(call, { status: 200, json: { bytes: content.length } });
}

/** Answers GET of a run's stderr; the answer says that nobody verified it. @throws BLOB_NOT_FOUND */
export async function serveStderr(call: Call, key: NoteKey): Promise<void> {
  const content = await call.notes.get(key);
  if (!content) throw new ParityError("BLOB_NOT_FOUND", `This store has no stderr of runner ${key.identity} for task ${key.taskId}.`);
  writeHead(call, 200, {
    "content-type": "text/plain; charset=utf-8",
    "content-disposition": "attachment",
    "content-length": content.length,
    "cache-control": "no-store",
    "parity-verified": "no",
  });
  call.response.end(call.request.method === "HEAD" ? undefined : content);
}
