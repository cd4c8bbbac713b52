import { ParityError } from "../errors/index.ts";
import type { Sha256Hex } from "../job/sha256.ts";
import type { BlobSource } from "./blob-source.ts";
import { joinChunks, readChunks } from "./chunks.ts";
import { createSha256, type Sha256Factory } from "./incremental-sha256.ts";
import { corruptBlob, failureOf, noSourceDelivered, type SourceFailure } from "./source-failures.ts";

/** Which blob to read into memory, and how much of it to accept. */
export interface ReadBlobRequest {
  sha256: Sha256Hex;
  /** A blob that is larger is refused; a source cannot make the reader hold more. */
  maxBytes: number;
  signal?: AbortSignal;
  createHash?: Sha256Factory;
}

/**
 * Reads a blob into memory, verified. Sources are tried in order; one that fails, lies or serves too much is passed over.
 * An aborted `signal` rejects with its reason.
 * @throws BLOB_NOT_FOUND, BLOB_CORRUPT, BLOB_TOO_LARGE, STORE_UNREACHABLE; `details.sources` says why each source failed
 */
export async function readBlob(sources: readonly BlobSource[], request: ReadBlobRequest): Promise<Uint8Array> {
  const failures: SourceFailure[] = [];
  for (const source of sources) {
    request.signal?.throwIfAborted();
    try {
      return await readFrom(source, request);
    } catch (error) {
      request.signal?.throwIfAborted();
      failures.push(failureOf(source, error));
    }
  }
  throw noSourceDelivered(request.sha256, failures);
}

async function readFrom(source: BlobSource, request: ReadBlobRequest): Promise<Uint8Array> {
  const { sha256, maxBytes, signal } = request;
  const hash = (request.createHash ?? createSha256)();
  const chunks: Uint8Array[] = [];
  let total = 0;
  for await (const chunk of readChunks(await source.open(sha256, signal ? { signal } : {}))) {
    total += chunk.length;
    if (total > maxBytes) throw tooLarge(request, source);
    hash.update(chunk);
    chunks.push(chunk);
  }
  const actual = hash.hex();
  if (actual !== sha256) throw corruptBlob(sha256, source.label, `their sha256 is ${actual}`);
  return joinChunks(chunks);
}

function tooLarge(request: ReadBlobRequest, source: BlobSource): ParityError {
  return new ParityError(
    "BLOB_TOO_LARGE",
    `${source.label} served more than the ${request.maxBytes} bytes that are accepted of blob ${request.sha256}.`,
  );
}
