import type { BlobSource } from "../blobs/blob-source.ts";
import { openBlob } from "../blobs/open-blob.ts";
import { readBlob } from "../blobs/read-blob.ts";
import { pause } from "../chain/pause.ts";
import { isParityError, ParityError } from "../errors/index.ts";
import { jobBounds } from "../job/limits.ts";
import { decodeOutputManifest, type OutputManifest } from "../job/output-manifest.ts";
import type { Hex } from "../protocol/types.ts";

const PUBLISH_POLL_MS = 500;

export interface FetchResultParameters {
  /** sha256 of the output manifest, 0x-hex, 32 bytes: what waitForResult and getResult return. */
  outputHash: Hex;
  /** Asked in order; none of them is trusted. */
  sources: readonly BlobSource[];
  /** How long to wait until a runner has published it, in milliseconds; runners do so once the task is decided. 0 unless told. */
  waitMs?: number;
  signal?: AbortSignal;
}

/** An output whose manifest was verified. Its blobs are verified as they are read. */
export interface FetchedResult {
  outputHash: Hex;
  manifest: OutputManifest;
  /** Opens the bytes that the job printed; a stream without bytes where the job was ended by a limit. Errors unless they verify. */
  openStdout: () => Promise<ReadableStream<Uint8Array>>;
  /** Opens one file by its path in the manifest. The stream errors unless the bytes verify. @throws OUTPUT_FILE_UNKNOWN */
  openFile: (path: string) => Promise<ReadableStream<Uint8Array>>;
}

/**
 * Fetches an output by its hash and verifies it.
 * @throws BLOB_NOT_FOUND, BLOB_CORRUPT, BLOB_TOO_LARGE, STORE_UNREACHABLE (`details.sources` says which source failed and why),
 * OUTPUT_MANIFEST_INVALID
 * @example
 * const { manifest, openFile } = await fetchResult({ outputHash, sources: [httpStore("https://store.example")] });
 * if (manifest.outcome === "exited") for (const { path } of manifest.files) await save(path, await openFile(path));
 */
export async function fetchResult(parameters: FetchResultParameters): Promise<FetchedResult> {
  const { outputHash, sources, signal } = parameters;
  const passed = signal ? { signal } : {};
  const manifest = decodeOutputManifest(await readPublished(parameters));
  const stdout = manifest.outcome === "exited" ? manifest.stdout : undefined;
  const files = new Map(manifest.outcome === "exited" ? manifest.files.map((file) => [file.path, file]) : []);
  return {
    outputHash,
    manifest,
    openStdout: async () => (stdout ? openBlob(sources, { ...stdout, ...passed }) : emptyStream()),
    openFile: async (path) => {
      const file = files.get(path);
      if (!file) throw new ParityError("OUTPUT_FILE_UNKNOWN", `The output ${outputHash} has no file ${JSON.stringify(path)}.`);
      return openBlob(sources, { sha256: file.sha256, bytes: file.bytes, ...passed });
    },
  };
}

/** Runners upload the manifest last: once it can be read, so can the rest. */
async function readPublished({ outputHash, sources, signal, waitMs = 0 }: FetchResultParameters): Promise<Uint8Array> {
  const giveUpAt = performance.now() + waitMs;
  const request = { sha256: outputHash.slice(2).toLowerCase(), maxBytes: jobBounds.manifestBytes, ...(signal ? { signal } : {}) };
  while (true) {
    try {
      return await readBlob(sources, request);
    } catch (error) {
      if (!isParityError(error, "BLOB_NOT_FOUND") || performance.now() >= giveUpAt) throw error;
      await pause(PUBLISH_POLL_MS, signal);
    }
  }
}

function emptyStream(): ReadableStream<Uint8Array> {
  return new ReadableStream({ start: (controller) => controller.close() });
}
