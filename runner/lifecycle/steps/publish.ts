import { readFile } from "node:fs/promises";
import { type Blobbed, type Hex, MAX_STDERR_NOTE_BYTES, ParityError, putBlobs, putStderrNote } from "@parity-protocol/sdk";
import type { OutputStore } from "../../execution/blob-sources.ts";
import type { Executor } from "../../execution/executor.ts";
import type { Journal } from "../../journal/journal.ts";
import type { StoredOutput } from "../../journal/records.ts";

/** What publishing needs. */
export interface PublishDeps {
  stores: readonly OutputStore[];
  executor: Executor;
  journal: Journal;
}

/** Whose output of which task. */
export interface PublishParams {
  taskId: Hex;
  identity: Hex;
  output: StoredOutput;
  signal: AbortSignal;
}

/**
 * Uploads a decided output: the manifest last, so that a manifest that can be read leads to blobs that can be read. A store that takes
 * signatures gets it first as well, and keeps it aside: it says which blobs are due. One store is enough; the others are tried once.
 * Only a task that is decided may be published: a signature tells the store, and whoever runs it, the output's hash.
 * @throws STORE_REFUSED, STORE_WRITE_NOT_DUE, STORE_QUOTA_EXCEEDED, STORE_FULL, STORE_UNREACHABLE, BLOB_TOO_LARGE where no store took it
 */
export async function publish(deps: PublishDeps, params: PublishParams): Promise<void> {
  const { taskId, output, signal } = params;
  const manifestName = output.outputHash.slice(2);
  const blobs = deps.executor.blobsOf(taskId, output.blobs);
  const [manifest, others] = [blobs.filter(({ sha256 }) => sha256 === manifestName), blobs.filter(({ sha256 }) => sha256 !== manifestName)];
  const upload = async ({ store, isSigned }: OutputStore) => {
    if (isSigned) await putBlobs(store, manifest, { signal });
    await putBlobs(store, others, { signal });
    await putBlobs(store, manifest, { signal });
  };
  const outcomes = await Promise.allSettled(deps.stores.map(upload));
  signal.throwIfAborted();
  const taken = deps.stores.filter((_, i) => outcomes[i]?.status === "fulfilled");
  if (taken.length === 0) throw failureOf(outcomes, blobs);
  deps.journal.recordPublished(taskId);
  await leaveStderr(deps, params, taken);
}

function failureOf(outcomes: PromiseSettledResult<void>[], blobs: readonly Blobbed[]): unknown {
  const failure = outcomes.find((outcome) => outcome.status === "rejected");
  return failure?.reason ?? new ParityError("STORE_UNREACHABLE", `No store is configured that ${blobs.length} blobs could be put into.`);
}

/** stderr is a courtesy to the submitter: a store that does not take it is no reason to try again. */
async function leaveStderr({ executor }: PublishDeps, params: PublishParams, stores: readonly OutputStore[]): Promise<void> {
  const { taskId, identity, signal } = params;
  const stderr = await readFile(executor.stderrPathOf(taskId)).catch(() => undefined);
  if (!stderr) return;
  const note = { taskId, identity, stderr: stderr.subarray(-MAX_STDERR_NOTE_BYTES) };
  await Promise.allSettled(stores.map(({ store, options }) => putStderrNote(store.label, note, { ...options, signal })));
}
