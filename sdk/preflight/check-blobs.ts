import type { BlobSource } from "../blobs/blob-source.ts";
import { readBlob } from "../blobs/read-blob.ts";
import { isParityError, ParityError } from "../errors/index.ts";
import { decodeJobSpec, type JobSpec } from "../job/job-spec.ts";
import { jobBounds } from "../job/limits.ts";
import type { Sha256Hex } from "../job/sha256.ts";
import type { Hex } from "../protocol/types.ts";

export interface CheckBlobsParameters {
  jobHash: Hex;
  sources: readonly BlobSource[];
  signal?: AbortSignal;
}

/**
 * Reads a job spec by its hash, validates it, and checks that every blob it names is in one of the sources.
 * @throws BLOB_NOT_FOUND, BLOB_CORRUPT, STORE_UNREACHABLE, JOB_SPEC_INVALID, JOB_SPEC_NOT_CANONICAL
 */
export async function checkJobBlobs({ jobHash, sources, signal }: CheckBlobsParameters): Promise<JobSpec> {
  const passed = signal ? { signal } : {};
  const sha256 = jobHash.slice(2).toLowerCase();
  const spec = decodeJobSpec(await readBlob(sources, { sha256, maxBytes: jobBounds.specBytes, ...passed }));
  await requireBlobs(blobsOf(spec), sources, passed);
  return spec;
}

/** Lists every blob that a runner has to read from a store to run a job, each once. */
function blobsOf({ image, input }: JobSpec): Sha256Hex[] {
  return [...new Set([...(image.registry ? [] : [image.archive]), ...input.map((file) => file.sha256)])];
}

async function requireBlobs(names: readonly Sha256Hex[], sources: readonly BlobSource[], options: { signal?: AbortSignal }): Promise<void> {
  let missing: readonly Sha256Hex[] = names;
  const unreachable: string[] = [];
  for (const source of sources) {
    if (missing.length === 0) return;
    try {
      const absent = new Set(await source.missing(missing, options));
      missing = missing.filter((name) => absent.has(name));
    } catch (error) {
      options.signal?.throwIfAborted();
      if (!isParityError(error)) throw error;
      unreachable.push(`${source.label}: ${error.message}`);
    }
  }
  if (missing.length === 0) return;
  const asked = sources.map((source) => source.label);
  const message = `${missing.length} of the ${names.length} blobs that the job needs are in no store, the first of them ${missing[0]}.`;
  throw new ParityError(unreachable.length > 0 ? "STORE_UNREACHABLE" : "BLOB_NOT_FOUND", [message, ...unreachable].join(" "), {
    hint: "Put the image archive and every input file into a store that runners can reach, before posting the task.",
    details: { missing: missing.slice(0, 100), asked },
  });
}
