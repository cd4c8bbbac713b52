import type { Sha256Hex } from "../job/sha256.ts";
import type { BlobSource } from "./blob-source.ts";
import { readChunks, streamOfBytes, streamOfChunks } from "./chunks.ts";
import { createSha256, type IncrementalSha256, type Sha256Factory } from "./incremental-sha256.ts";
import { openResuming } from "./open-resuming.ts";
import { readBlob } from "./read-blob.ts";
import { corruptBlob, failureOf, noSourceDelivered, type SourceFailure } from "./source-failures.ts";

/** Up to this size a blob is verified in memory before its first byte is handed out, so that a liar costs nothing but time. */
const VERIFIED_FIRST_BYTES = 4 * 1024 ** 2;

/** Which blob to stream. `bytes` is its exact size: a source that serves another size is passed over. */
export interface OpenBlobRequest {
  sha256: Sha256Hex;
  bytes: number;
  signal?: AbortSignal;
  createHash?: Sha256Factory;
}

/**
 * Opens a blob as a verified stream: it ends only if the bytes hash to the name, else it errors, so what was read is to be
 * accepted only after the end. Up to 4 MiB nothing is handed out before it is verified. Above that, a source that breaks off is
 * asked for the rest; where it is gone, the next one goes on where it stopped, from there where it can, else from its beginning, if
 * that agrees with what was handed out.
 * An aborted `signal` rejects with its reason.
 * @throws BLOB_NOT_FOUND, BLOB_CORRUPT, STORE_UNREACHABLE; `details.sources` says why each source failed
 */
export async function openBlob(sources: readonly BlobSource[], request: OpenBlobRequest): Promise<ReadableStream<Uint8Array>> {
  if (request.bytes <= VERIFIED_FIRST_BYTES) return streamOfBytes(await readWhole(sources, request));
  const chunks = verifiedChunks(sources, request);
  const first = await chunks.next();
  return streamOfChunks(startingWith(first, chunks));
}

async function readWhole(sources: readonly BlobSource[], request: OpenBlobRequest): Promise<Uint8Array> {
  const content = await readBlob(sources, { ...request, maxBytes: request.bytes });
  if (content.length === request.bytes) return content;
  throw corruptBlob(request.sha256, "The reader", `${request.bytes} bytes were expected, the blob has ${content.length}`);
}

/** Gives a chunk that was read ahead, so that a failure to open is the caller's rejection and not the stream's. */
function startingWith(
  first: IteratorResult<Uint8Array, void>,
  rest: AsyncGenerator<Uint8Array, void, undefined>,
): AsyncIterator<Uint8Array> {
  let isFirst = true;
  return {
    async next() {
      if (!isFirst) return rest.next();
      isFirst = false;
      return first;
    },
    return: () => rest.return(),
  };
}

/** What was handed out so far: the next source must agree with it. */
interface Progress {
  hash: IncrementalSha256;
  bytes: number;
  /** The sources that gave some of it. */
  givers: Set<string>;
}

async function* verifiedChunks(sources: readonly BlobSource[], request: OpenBlobRequest): AsyncGenerator<Uint8Array, void, undefined> {
  const progress: Progress = { hash: (request.createHash ?? createSha256)(), bytes: 0, givers: new Set() };
  const failures: SourceFailure[] = [];
  for (const source of sources) {
    request.signal?.throwIfAborted();
    try {
      yield* continueFrom(source, request, progress);
      return;
    } catch (error) {
      request.signal?.throwIfAborted();
      failures.push(failureOf(source, error));
      // All bytes are out and wrong: no other source can mend that.
      if (progress.bytes >= request.bytes) break;
    }
  }
  throw noSourceDelivered(request.sha256, failures);
}

async function* continueFrom(
  source: BlobSource,
  request: OpenBlobRequest,
  progress: Progress,
): AsyncGenerator<Uint8Array, void, undefined> {
  const { sha256, bytes } = request;
  for await (const chunk of await restOf(source, request, progress)) {
    if (progress.bytes + chunk.length > bytes) throw corruptBlob(sha256, source.label, `they are more than ${bytes} bytes`);
    progress.givers.add(source.label);
    progress.hash.update(chunk);
    progress.bytes += chunk.length;
    yield chunk;
  }
  if (progress.bytes < bytes) throw corruptBlob(sha256, source.label, `they end after ${progress.bytes} of ${bytes} bytes`);
  const actual = progress.hash.hex();
  if (actual === sha256) return;
  const givers = [...progress.givers];
  throw corruptBlob(sha256, givers.join(" and "), `their sha256 is ${actual}${givers.length > 1 ? "; one of them lies" : ""}`);
}

/** Opens what is not handed out yet. Without ranges the source sends all of it again, so that it can be compared. */
async function restOf(source: BlobSource, request: OpenBlobRequest, known: Progress): Promise<AsyncIterable<Uint8Array>> {
  const first = source.openFrom ? known.bytes : 0;
  const opened = readChunks(await openResuming(source, { ...request, first }));
  return known.bytes > first ? skipKnown(opened, source, { ...request, known }) : opened;
}

/** Reads past what another source already delivered, and requires that both say the same. */
async function* skipKnown(chunks: AsyncIterable<Uint8Array>, source: BlobSource, request: OpenBlobRequest & { known: Progress }) {
  const known = request.known.bytes;
  const expected = request.known.hash.copy().hex();
  const hash = (request.createHash ?? createSha256)();
  let skipped = 0;
  for await (const chunk of chunks) {
    const head = chunk.subarray(0, Math.max(0, known - skipped));
    if (head.length > 0) {
      hash.update(head);
      skipped += head.length;
      if (skipped === known && hash.hex() !== expected) throw corruptBlob(request.sha256, source.label, "another source began differently");
    }
    if (head.length < chunk.length) yield chunk.subarray(head.length);
  }
}
