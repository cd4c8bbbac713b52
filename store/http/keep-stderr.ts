import { MAX_STDERR_NOTE_BYTES, ParityError } from "@parity-protocol/sdk";
import type { NoteKey } from "../folder/stderr-notes.ts";
import type { Call } from "./call.ts";
import { receiveWhole, requireToken } from "./receive.ts";
import { sendJson, writeHead } from "./send.ts";

/** Answers PUT of a run's stderr. @throws STORE_REFUSED, STORE_REQUEST_INVALID, STORE_FULL */
export async function takeStderr(call: Call, key: NoteKey): Promise<void> {
  requireToken(call);
  const content = await receiveWhole(call, MAX_STDERR_NOTE_BYTES);
  await call.notes.put(key, content);
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
