import type { Blobbed, BlobStore } from "./blob-source.ts";
import { runConcurrently } from "./run-concurrently.ts";

/** Called after each blob, with what is done of what there is to do. */
export type BlobProgress = (progress: { blobs: number; totalBlobs: number; bytes: number; totalBytes: number }) => void;

/** How to put many blobs. */
export interface PutBlobsOptions {
  /** How many at a time; 8 unless told. */
  concurrency?: number;
  signal?: AbortSignal;
  onProgress?: BlobProgress;
}

/**
 * Puts those of the given blobs that the store does not have, several at a time; returns how many were sent.
 * @throws STORE_REFUSED, STORE_FULL, STORE_UNREACHABLE, BLOB_TOO_LARGE
 */
export async function putBlobs(
  store: BlobStore,
  blobs: readonly Blobbed[],
  options: PutBlobsOptions = {},
): Promise<{ blobs: number; bytes: number }> {
  const { signal, onProgress } = options;
  const passed = signal ? { signal } : {};
  const byName = new Map(blobs.map((blob) => [blob.sha256, blob]));
  const absent = await store.missing([...byName.keys()], passed);
  const toSend = absent.flatMap((name) => byName.get(name) ?? []);
  const totalBytes = toSend.reduce((total, blob) => total + blob.bytes, 0);
  const sent = { blobs: 0, bytes: 0 };
  await runConcurrently(toSend, options.concurrency ?? 8, async (blob) => {
    signal?.throwIfAborted();
    await store.put(blob, passed);
    sent.blobs += 1;
    sent.bytes += blob.bytes;
    onProgress?.({ ...sent, totalBlobs: toSend.length, totalBytes });
  });
  return sent;
}
