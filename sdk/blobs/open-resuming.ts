import { isParityError } from "../errors/index.ts";
import type { Sha256Hex } from "../job/sha256.ts";
import type { BlobSource } from "./blob-source.ts";
import { readChunks, streamOfChunks } from "./chunks.ts";

/** Which blob to read from one source. */
export interface ResumingRequest {
  sha256: Sha256Hex;
  /** Its exact size. */
  bytes: number;
  /** The first byte that is wanted, counted from 0; above it only of a source that has `openFrom`. */
  first?: number;
  signal?: AbortSignal;
}

/** A source that breaks off more often than this, or without progress, is given up. */
const MAX_RESUMES = 5;

/**
 * Opens a blob of one source, which may break off: the rest is asked for from where it stopped, as long as it makes progress. The
 * bytes are NOT verified.
 * @throws BLOB_NOT_FOUND, STORE_UNREACHABLE
 */
export async function openResuming(source: BlobSource, request: ResumingRequest): Promise<ReadableStream<Uint8Array>> {
  const { first = 0 } = request;
  return streamOfChunks(new Resuming(source, request, { at: first, chunks: await openAt(source, request, first) }));
}

interface Reading {
  at: number;
  chunks: AsyncIterator<Uint8Array, undefined>;
}

/** Not a generator: one that was never started would leave its source open. */
class Resuming implements AsyncIterator<Uint8Array, undefined> {
  readonly #source: BlobSource;
  readonly #request: ResumingRequest;
  readonly #reading: Reading;
  #openedAt: number;
  #resumes = 0;

  constructor(source: BlobSource, request: ResumingRequest, reading: Reading) {
    this.#source = source;
    this.#request = request;
    this.#reading = reading;
    this.#openedAt = reading.at;
  }

  async next(): Promise<IteratorResult<Uint8Array, undefined>> {
    const reading = this.#reading;
    try {
      const next = await reading.chunks.next();
      if (!next.done) reading.at += next.value.length;
      return next;
    } catch (error) {
      if (!this.#canResume(error)) throw error;
      this.#resumes += 1;
      this.#openedAt = reading.at;
      reading.chunks = await openAt(this.#source, this.#request, reading.at);
      return this.next();
    }
  }

  async return(): Promise<IteratorResult<Uint8Array, undefined>> {
    await this.#reading.chunks.return?.();
    return { done: true, value: undefined };
  }

  #canResume(error: unknown): boolean {
    const isBrokenOff = isParityError(error, "STORE_UNREACHABLE") && error.details.why === "no-answer";
    const hasProgress = this.#reading.at > this.#openedAt && this.#reading.at < this.#request.bytes;
    return isBrokenOff && hasProgress && this.#source.openFrom !== undefined && this.#resumes < MAX_RESUMES;
  }
}

async function openAt(source: BlobSource, { sha256, signal }: ResumingRequest, first: number): Promise<Reading["chunks"]> {
  const passed = signal ? { signal } : {};
  return readChunks(await (first > 0 && source.openFrom ? source.openFrom(sha256, first, passed) : source.open(sha256, passed)));
}
