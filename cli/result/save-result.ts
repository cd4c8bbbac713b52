import { setTimeout as pause } from "node:timers/promises";
import type { BlobSource } from "@parity-protocol/sdk";
import {
  type CommitteeMember,
  encodeOutputManifest,
  type FetchedResult,
  fetchResult,
  type Hex,
  isParityError,
  type OutputManifest,
  ParityError,
  runConcurrently,
} from "@parity-protocol/sdk";
import { formatSize } from "../units/size.ts";
import { type Delivery, findDeliveries, namingDefaulters } from "./deliveries.ts";
import { type OutputFolder, openOutputFolder } from "./output-folder.ts";

const FILES_AT_ONCE = 8;
const PUBLISH_WAIT_MS = 120_000;
const PUBLISH_POLL_MS = 500;

/** What to fetch and where to put it. */
export interface SaveRequest {
  taskId: Hex;
  outputHash: Hex;
  out: string;
  isForced: boolean;
  /** What stdout and files may have together. */
  maxBytes: number;
  sources: readonly BlobSource[];
  /** The runners that revealed this output. */
  matching: readonly CommitteeMember[];
  signal: AbortSignal;
  onFile?: (done: number, total: number) => void;
}

/** A result on disk. */
export interface SavedResult {
  manifest: OutputManifest;
  out: string;
  /** Whose stderr was saved; nothing can verify it. */
  stderrFrom?: Hex;
  /** Which of the matching runners delivered the output. */
  deliveries: readonly Delivery[];
}

/**
 * Fetches an output, verifies every byte and writes `output/`, `stdout`, `manifest.json` and, where a runner left one, `stderr`.
 * The folder gets all of it or nothing. Any one runner that delivered is enough; where none did, the error names those that did not.
 * @throws FILE_EXISTS, BLOB_TOO_LARGE, BLOB_NOT_FOUND, BLOB_CORRUPT, STORE_UNREACHABLE, OUTPUT_MANIFEST_INVALID
 */
export async function saveResult(request: SaveRequest): Promise<SavedResult> {
  try {
    return await save(request);
  } catch (error) {
    throw await explained(error, request);
  }
}

async function explained(error: unknown, request: SaveRequest): Promise<unknown> {
  if (!isParityError(error, "BLOB_NOT_FOUND", "BLOB_CORRUPT", "STORE_UNREACHABLE") || request.signal.aborted) return error;
  return namingDefaulters(error, request);
}

async function save(request: SaveRequest): Promise<SavedResult> {
  const { outputHash, sources, signal, out } = request;
  const result = await fetchResult({ outputHash, sources, signal });
  requireSize(result.manifest, request.maxBytes);
  const folder = await openOutputFolder(out, request);
  try {
    await writeOutput(result, folder, request);
    const deliveries = await findDeliveries(request);
    const first = deliveries.find(({ stderr }) => stderr !== undefined);
    if (first?.stderr) await folder.write("stderr", first.stderr);
    await folder.publish();
    return { manifest: result.manifest, out, deliveries, ...(first ? { stderrFrom: first.identity } : {}) };
  } catch (error) {
    await folder.discard();
    throw error;
  }
}

function requireSize(manifest: OutputManifest, maxBytes: number): void {
  if (manifest.outcome !== "exited") return;
  const bytes = manifest.files.reduce((sum, file) => sum + file.bytes, manifest.stdout.bytes);
  if (bytes > maxBytes)
    throw new ParityError(
      "BLOB_TOO_LARGE",
      `The output has ${formatSize(bytes)}, more than the ${formatSize(maxBytes)} that are accepted.`,
      { hint: "Raise --max-download if you want all of it." },
    );
}

/**
 * Saves a result as soon as any matching runner has published it: runners do so once the task is decided.
 * @throws what saveResult throws; BLOB_NOT_FOUND after two minutes
 */
export async function saveResultWhenPublished(request: SaveRequest & { onWait?: () => void }): Promise<SavedResult> {
  const giveUpAt = performance.now() + PUBLISH_WAIT_MS;
  while (true) {
    try {
      return await save(request);
    } catch (error) {
      if (!isParityError(error, "BLOB_NOT_FOUND") || performance.now() > giveUpAt) throw await explained(error, request);
      request.onWait?.();
      await pause(PUBLISH_POLL_MS, undefined, { signal: request.signal });
    }
  }
}

async function writeOutput(result: FetchedResult, folder: OutputFolder, { signal, onFile }: SaveRequest): Promise<void> {
  const { manifest } = result;
  await folder.write("manifest.json", encodeOutputManifest(manifest));
  if (manifest.outcome !== "exited") return;
  await folder.write("stdout", await result.openStdout());
  await folder.makeFolder("output");
  let done = 0;
  await runConcurrently(manifest.files, FILES_AT_ONCE, async ({ path, executable }) => {
    signal.throwIfAborted();
    await folder.write(`output/${path}`, await result.openFile(path), { isExecutable: executable });
    done++;
    onFile?.(done, manifest.files.length);
  });
}
