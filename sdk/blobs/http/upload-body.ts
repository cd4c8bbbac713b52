import { ParityError } from "../../errors/index.ts";
import type { Blobbed } from "../blob-source.ts";
import { joinChunks, readChunks, streamOfChunks } from "../chunks.ts";
import type { NoteProgress } from "./exchange.ts";

/** Up to this size a blob is sent from memory: one write, and a connection that can be used again at once. */
const SENT_WHOLE_BYTES = 1024 ** 2;

/** The names that only a browser's window or worker has. */
const isBrowser = "document" in globalThis || "importScripts" in globalThis;

/** Prepares the body of an upload: a stream in Node; in a browser, where requests cannot stream over HTTP/1.1, a Blob that it may keep on disk. */
export async function uploadBody(blob: Blobbed): Promise<(note: NoteProgress) => RequestInit> {
  if (blob.bytes <= SENT_WHOLE_BYTES) {
    const body = await readWhole(blob);
    return () => ({ body });
  }
  if (isBrowser) {
    const body = await new Response(blob.open()).blob();
    return () => ({ body });
  }
  return (note) => ({ body: streamOfChunks(noted(blob, note)), duplex: "half" }) as RequestInit;
}

async function readWhole(blob: Blobbed): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of exactly(blob)) chunks.push(chunk);
  return joinChunks(chunks) as Uint8Array<ArrayBuffer>;
}

async function* noted(blob: Blobbed, note: NoteProgress): AsyncGenerator<Uint8Array, void, undefined> {
  for await (const chunk of exactly(blob)) {
    note(chunk.length);
    yield chunk;
  }
}

/** Gives a blob's bytes, and fails where they are not as many as its name was given for: the file behind it has changed. */
async function* exactly(blob: Blobbed): AsyncGenerator<Uint8Array, void, undefined> {
  let bytes = 0;
  const changed = () =>
    new ParityError("BLOB_CORRUPT", `Blob ${blob.sha256} has ${blob.bytes} bytes, what was to be sent has ${bytes} or more.`);
  for await (const chunk of readChunks(blob.open())) {
    bytes += chunk.length;
    if (bytes > blob.bytes) throw changed();
    yield chunk;
  }
  if (bytes < blob.bytes) throw changed();
}
