import { createHash } from "node:crypto";
import { ParityError, type Sha256Hex } from "@parity-protocol/sdk";
import type { Incoming, IncomingFile } from "./incoming.ts";
import type { Space } from "./space.ts";

/** Bytes that arrive, with the name that they claim. */
export interface ArrivingBlob {
  sha256: Sha256Hex;
  /** The size, where the sender said it. */
  bytes?: number;
  chunks: AsyncIterable<Uint8Array>;
  signal?: AbortSignal;
}

/** A blob that was written and verified, but that is not visible yet. */
export interface WrittenBlob {
  incoming: IncomingFile;
  bytes: number;
}

/** What a write needs of the folder. */
export interface BlobWriter {
  incoming: Incoming;
  space: Space;
  maxBlobBytes: number;
}

/** Chunks are gathered up to this size before they go to the disk: a small blob that lies never touches it. */
const GATHERED_BYTES = 1024 ** 2;
/** A large blob is synced on the way, so that the sender does not wait for all of it at the end. */
const SYNCED_BYTES = 64 * 1024 ** 2;

/**
 * Writes arriving bytes into a file of their own and verifies them on the way. Room for them stays reserved; whatever fails gives it
 * back and leaves no file.
 * @throws BLOB_CORRUPT, BLOB_TOO_LARGE, STORE_FULL
 */
export async function writeBlob(writer: BlobWriter, arriving: ArrivingBlob): Promise<WrittenBlob> {
  const write = new BlobWrite(writer, arriving);
  const chunks = arriving.chunks[Symbol.asyncIterator]();
  try {
    write.begin();
    for await (const chunk of { [Symbol.asyncIterator]: () => chunks }) {
      arriving.signal?.throwIfAborted();
      await write.take(chunk);
    }
    return await write.end();
  } catch (error) {
    await write.abandon();
    // A stream that was refused before its first chunk is still open.
    await chunks.return?.();
    throw error;
  }
}

class BlobWrite {
  readonly #writer: BlobWriter;
  readonly #arriving: ArrivingBlob;
  readonly #hash = createHash("sha256");
  #gathered: Uint8Array[] = [];
  #gatheredBytes = 0;
  #bytes = 0;
  #reservedBytes = 0;
  #unsyncedBytes = 0;
  #incoming: IncomingFile | undefined;

  constructor(writer: BlobWriter, arriving: ArrivingBlob) {
    this.#writer = writer;
    this.#arriving = arriving;
  }

  /** Refuses what was said to be too large before any of it is read. */
  begin(): void {
    if (this.#arriving.bytes !== undefined) this.#reserve(this.#arriving.bytes);
  }

  async take(chunk: Uint8Array): Promise<void> {
    const { bytes, sha256 } = this.#arriving;
    this.#bytes += chunk.length;
    if (bytes !== undefined && this.#bytes > bytes)
      throw new ParityError("BLOB_CORRUPT", `Blob ${sha256} was said to have ${bytes} bytes, more than that arrived.`);
    if (this.#bytes > this.#reservedBytes) this.#reserve(this.#bytes - this.#reservedBytes);
    this.#hash.update(chunk);
    this.#gathered.push(chunk);
    this.#gatheredBytes += chunk.length;
    if (this.#gatheredBytes >= GATHERED_BYTES) await this.#flush();
  }

  async end(): Promise<WrittenBlob> {
    const { bytes, sha256 } = this.#arriving;
    const actual = this.#hash.digest("hex");
    if (actual !== sha256)
      throw new ParityError("BLOB_CORRUPT", `The bytes that arrived as blob ${sha256} hash to ${actual}.`, { details: { sha256, actual } });
    if (bytes !== undefined && this.#bytes !== bytes)
      throw new ParityError("BLOB_CORRUPT", `Blob ${sha256} was said to have ${bytes} bytes, it has ${this.#bytes}.`);
    return { incoming: await this.#flush(), bytes: this.#bytes };
  }

  async abandon(): Promise<void> {
    this.#writer.space.release(this.#reservedBytes);
    if (this.#incoming) await this.#writer.incoming.discard(this.#incoming);
  }

  #reserve(bytes: number): void {
    const { maxBlobBytes, space } = this.#writer;
    if (this.#reservedBytes + bytes > maxBlobBytes)
      throw new ParityError("BLOB_TOO_LARGE", `Blob ${this.#arriving.sha256} has more than the ${maxBlobBytes} bytes that are accepted.`, {
        details: { sha256: this.#arriving.sha256, maxBlobBytes },
      });
    space.reserve(bytes);
    this.#reservedBytes += bytes;
  }

  async #flush(): Promise<IncomingFile> {
    this.#incoming ??= await this.#writer.incoming.create();
    await appendAll(this.#incoming, this.#gathered);
    this.#unsyncedBytes += this.#gatheredBytes;
    this.#gathered = [];
    this.#gatheredBytes = 0;
    if (this.#unsyncedBytes >= SYNCED_BYTES) {
      await this.#writer.incoming.syncOnTheWay(this.#incoming);
      this.#unsyncedBytes = 0;
    }
    return this.#incoming;
  }
}

/** Appends without copying; a disk that takes only a part, which is rare, gets the rest in a second write. */
async function appendAll({ file }: IncomingFile, chunks: readonly Uint8Array[]): Promise<void> {
  if (chunks.length === 0) return;
  const total = chunks.reduce((sum, chunk) => sum + chunk.length, 0);
  const { bytesWritten } = await file.writev(chunks);
  if (bytesWritten < total) await file.appendFile(Buffer.concat(chunks).subarray(bytesWritten));
}
