import {
  type Blobbed,
  type BlobProgress,
  type BlobSource,
  failureOf,
  isParityError,
  noSourceDelivered,
  openResuming,
  readChunks,
  runConcurrently,
  type SourceFailure,
} from "@parity-protocol/sdk";
import type { FolderStore } from "./folder-store.ts";

/** A blob to fetch: its name and its exact size. */
export type WantedBlob = Pick<Blobbed, "sha256" | "bytes">;

/** How to fetch many blobs. */
export interface FetchIntoOptions {
  /** How many at a time; 16 unless told. */
  concurrency?: number;
  signal?: AbortSignal;
  onProgress?: BlobProgress;
}

/**
 * Brings those of the wanted blobs that the folder does not have into it, several at a time; returns how many were fetched.
 * Sources are asked in order for each blob; one that breaks off is asked for the rest. A blob is verified before it is accepted, and a
 * source that fails or lies is passed over, with nothing of it kept: bytes of two sources are never mixed, so that a liar is known. An aborted `signal` rejects with its reason.
 * @throws BLOB_NOT_FOUND, BLOB_CORRUPT, STORE_UNREACHABLE with `details.sources`; STORE_FULL, STORE_DISK_FAILED, BLOB_TOO_LARGE
 */
export async function fetchInto(
  folder: FolderStore,
  wanted: readonly WantedBlob[],
  options: FetchIntoOptions & { sources: readonly BlobSource[] },
): Promise<{ blobs: number; bytes: number }> {
  const absent = await absentOf(folder, wanted);
  const totalBytes = absent.reduce((total, blob) => total + blob.bytes, 0);
  const fetched = { blobs: 0, bytes: 0 };
  await runConcurrently(absent, options.concurrency ?? 16, async (blob) => {
    await fetchOne(folder, blob, options);
    fetched.blobs += 1;
    fetched.bytes += blob.bytes;
    options.onProgress?.({ ...fetched, totalBlobs: absent.length, totalBytes });
  });
  return fetched;
}

async function absentOf(folder: FolderStore, wanted: readonly WantedBlob[]): Promise<WantedBlob[]> {
  const byName = new Map(wanted.map((blob) => [blob.sha256, blob]));
  return (await folder.missing([...byName.keys()])).flatMap((name) => byName.get(name) ?? []);
}

async function fetchOne(
  folder: FolderStore,
  blob: WantedBlob,
  options: { sources: readonly BlobSource[]; signal?: AbortSignal },
): Promise<void> {
  const failures: SourceFailure[] = [];
  for (const source of options.sources) {
    options.signal?.throwIfAborted();
    const failure = await fetchFrom(source, folder, { sha256: blob.sha256, bytes: blob.bytes, signal: options.signal });
    if (failure === undefined) return;
    failures.push(failure);
  }
  throw noSourceDelivered(blob.sha256, failures);
}

/** Fetches from one source; returns why it did not deliver, and throws what no other source can mend. */
async function fetchFrom(
  source: BlobSource,
  folder: FolderStore,
  { signal, ...blob }: WantedBlob & { signal: AbortSignal | undefined },
): Promise<SourceFailure | undefined> {
  const passed = signal ? { signal } : {};
  let isOpen = false;
  try {
    const chunks = readChunks(await openResuming(source, { ...blob, ...passed }));
    isOpen = true;
    await folder.receive({ ...blob, chunks, ...passed });
    return undefined;
  } catch (error) {
    signal?.throwIfAborted();
    if (isOpen && isParityError(error, "STORE_FULL", "STORE_DISK_FAILED", "BLOB_TOO_LARGE")) throw error;
    return failureOf(source, error);
  }
}
