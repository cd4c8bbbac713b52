import { ParityError } from "../errors/index.ts";
import type { Hex } from "../protocol/types.ts";
import { blobFromBytes } from "./blob-from-bytes.ts";
import { refusalOf } from "./http/answer.ts";
import { authorizationOf } from "./http/authorization.ts";
import { exchange } from "./http/exchange.ts";
import { retry } from "./http/retry.ts";
import { accessOf, type HttpStoreOptions } from "./http-store.ts";

/** The most of a run's stderr that a store keeps; a runner sends the tail. */
export const MAX_STDERR_NOTE_BYTES = 64 * 1024;

/** Whose run of which task a note is about: both 0x-hex, 32 bytes. */
export interface StderrNoteKey {
  taskId: Hex;
  identity: Hex;
}

type NoteOptions = HttpStoreOptions & { signal?: AbortSignal };

/**
 * Leaves the stderr of a run at a store, replacing what was there. It is a note, not a blob: nobody can verify it.
 * @throws BLOB_TOO_LARGE above 64 KiB; STORE_REFUSED, STORE_FULL, STORE_UNREACHABLE
 */
export async function putStderrNote(url: string, note: StderrNoteKey & { stderr: Uint8Array }, options: NoteOptions = {}): Promise<void> {
  if (note.stderr.length > MAX_STDERR_NOTE_BYTES)
    throw new ParityError("BLOB_TOO_LARGE", `The stderr has ${note.stderr.length} bytes, a store keeps ${MAX_STDERR_NOTE_BYTES}.`);
  const access = accessOf(url, options);
  const passed = options.signal ? { signal: options.signal } : {};
  const { sha256, bytes } = blobFromBytes(note.stderr);
  await retry({ attempts: 3, pauseMs: 250, ...passed }, async () => {
    const body = note.stderr as Uint8Array<ArrayBuffer>;
    const authorization = await authorizationOf(access, { path: pathOf(note), sha256, bytes });
    const headers = { "content-type": "text/plain; charset=utf-8", ...authorization };
    const answer = await exchange(access, { method: "PUT", path: pathOf(note), headers, body, ...passed });
    if (!answer.response.ok) throw await refusalOf(answer, "PUT stderr", true);
    await answer.readBody(MAX_ANSWER_BYTES);
  });
}

/**
 * Reads the stderr that a runner left at a store, or nothing when it left none. UNVERIFIED: any writer of the store could have
 * written it; show it as text, and say so.
 * @throws STORE_UNREACHABLE
 */
export async function getStderrNote(url: string, key: StderrNoteKey, options: NoteOptions = {}): Promise<Uint8Array | undefined> {
  const access = accessOf(url, options);
  const passed = options.signal ? { signal: options.signal } : {};
  const answer = await retry({ attempts: 2, pauseMs: 200, ...passed }, () =>
    exchange(access, { method: "GET", path: pathOf(key), ...passed }),
  );
  if (answer.response.status === 200) return answer.readBody(MAX_STDERR_NOTE_BYTES);
  const refusal = await refusalOf(answer, "GET stderr");
  if (refusal.code === "BLOB_NOT_FOUND") return undefined;
  throw refusal;
}

const MAX_ANSWER_BYTES = 4096;

function pathOf(key: StderrNoteKey): string {
  return `/tasks/${key.taskId.toLowerCase()}/runners/${key.identity.toLowerCase()}/stderr`;
}
