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
  for await (const chunk of readChunks(blob.open())) chunks.push(chunk);
  return joinChunks(chunks) as Uint8Array<ArrayBuffer>;
}

async function* noted(blob: Blobbed, note: NoteProgress): AsyncGenerator<Uint8Array, void, undefined> {
  for await (const chunk of readChunks(blob.open())) {
    note(chunk.length);
    yield chunk;
  }
}
