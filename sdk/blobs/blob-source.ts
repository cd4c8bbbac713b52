import type { Sha256Hex } from "../job/sha256.ts";

/** A place that blobs can be read from. Nothing that it says is trusted: readers hash what they get. */
export interface BlobSource {
  /** What to call the source in messages: a URL or a path, without credentials. */
  readonly label: string;
  /**
   * Opens a blob for reading; the bytes are NOT verified.
   * @throws BLOB_NOT_FOUND, STORE_UNREACHABLE
   */
  open(sha256: Sha256Hex, options?: { signal?: AbortSignal }): Promise<ReadableStream<Uint8Array>>;
  /**
   * Opens a blob from a byte on, counted from 0, for a reader that has those before it. Left out by sources that cannot.
   * @throws BLOB_NOT_FOUND, STORE_UNREACHABLE
   */
  openFrom?(sha256: Sha256Hex, first: number, options?: { signal?: AbortSignal }): Promise<ReadableStream<Uint8Array>>;
  /** Lists which of the given blobs the source does not have. @throws STORE_UNREACHABLE */
  missing(names: readonly Sha256Hex[], options?: { signal?: AbortSignal }): Promise<Sha256Hex[]>;
}

/** A place that blobs can be written to as well. */
export interface BlobSink {
  readonly label: string;
  /**
   * Stores a blob durably; does nothing when it is there. `open` is called again for a retry.
   * @throws STORE_REFUSED, STORE_UNREACHABLE, BLOB_TOO_LARGE
   */
  put(blob: Blobbed, options?: { signal?: AbortSignal }): Promise<void>;
}

/** Bytes with their name and size, readable more than once. */
export interface Blobbed {
  sha256: Sha256Hex;
  bytes: number;
  open(): ReadableStream<Uint8Array>;
}

export type BlobStore = BlobSource & BlobSink;
