import type { BlobSource } from "../blobs/blob-source.ts";
import { openBlob } from "../blobs/open-blob.ts";
import { readBlob } from "../blobs/read-blob.ts";
import { ParityError } from "../errors/index.ts";
import { jobBounds } from "../job/limits.ts";
import { decodeOutputManifest, type OutputManifest } from "../job/output-manifest.ts";
import type { Hex } from "../protocol/types.ts";

export interface FetchResultParameters {
  /** sha256 of the output manifest, 0x-hex, 32 bytes: what waitForResult and getResult return. */
  outputHash: Hex;
  /** Asked in order; none of them is trusted. */
  sources: readonly BlobSource[];
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
export async function fetchResult({ outputHash, sources, signal }: FetchResultParameters): Promise<FetchedResult> {
  const passed = signal ? { signal } : {};
  const manifestBytes = await readBlob(sources, {
    sha256: outputHash.slice(2).toLowerCase(),
    maxBytes: jobBounds.manifestBytes,
    ...passed,
  });
  const manifest = decodeOutputManifest(manifestBytes);
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

function emptyStream(): ReadableStream<Uint8Array> {
  return new ReadableStream({ start: (controller) => controller.close() });
}
