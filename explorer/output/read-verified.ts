import { readChunks } from "@parity-protocol/sdk";

/** Beyond this, a browser would hold too much at once: the command line streams. */
export const MOST_DOWNLOAD_BYTES = 512 * 1024 ** 2;
/** A file is hashed whole before any of it is shown, so larger ones are only offered for saving. */
export const MOST_VIEW_BYTES = 8 * 1024 ** 2;

/** Reads a stream that errors unless its bytes verify, to its end: what is returned is verified. */
export async function readVerified(stream: ReadableStream<Uint8Array>, onProgress?: (bytes: number) => void): Promise<Blob> {
  const parts: BlobPart[] = [];
  let bytes = 0;
  for await (const chunk of readChunks(stream)) {
    parts.push(new Uint8Array(chunk)); // a copy: the source may use its buffer again
    bytes += chunk.length;
    onProgress?.(bytes);
  }
  // Of no type: no browser shall show it, it is only saved.
  return new Blob(parts, { type: "application/octet-stream" });
}

/** Offers bytes for saving under a name. */
export function save(blob: Blob, name: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  // The browser has taken it over by the next turn; a minute is for slow ones.
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
