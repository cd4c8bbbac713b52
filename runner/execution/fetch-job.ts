import { type BlobSource, decodeJobSpec, type Hex, type JobSpec, jobBounds, readBlob } from "@parity-protocol/sdk";
import { createNodeSha256 } from "@parity-protocol/sdk/node";
import { type FolderStore, fetchInto, type WantedBlob } from "@parity-protocol/store";

/** What fetching needs: the cache, and where to look. */
export interface FetchDeps {
  cache: FolderStore;
  sources: readonly BlobSource[];
  signal: AbortSignal;
}

/**
 * Fetches and validates a task's job spec.
 * @throws BLOB_NOT_FOUND, BLOB_CORRUPT, BLOB_TOO_LARGE, STORE_UNREACHABLE, JOB_SPEC_INVALID, JOB_SPEC_NOT_CANONICAL
 */
export async function fetchSpec({ cache, sources, signal }: FetchDeps, jobHash: Hex): Promise<JobSpec> {
  const request = { sha256: jobHash.slice(2), maxBytes: jobBounds.specBytes, signal, createHash: createNodeSha256 };
  return decodeJobSpec(await readBlob([cache, ...sources], request));
}

/**
 * Fetches the image archive and the input files of a job into the cache, verified; small ones many at a time.
 * @throws BLOB_NOT_FOUND, BLOB_CORRUPT, BLOB_TOO_LARGE, STORE_UNREACHABLE, STORE_FULL, STORE_DISK_FAILED
 */
export async function fetchParts({ cache, sources, signal }: FetchDeps, spec: JobSpec): Promise<void> {
  await fetchInto(cache, partsOf(spec), { sources, signal });
}

/** Lists the blobs that a job is made of, besides its spec. */
export function partsOf({ image, input }: JobSpec): WantedBlob[] {
  return [{ sha256: image.archive, bytes: image.bytes }, ...input.map(({ sha256, bytes }) => ({ sha256, bytes }))];
}
