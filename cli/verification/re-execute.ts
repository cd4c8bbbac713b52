import { mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import {
  type Engine,
  type JobRun,
  loadImage,
  registrySources,
  removeImage,
  runJob,
  sweepLeftovers,
  verifyArchive,
} from "@parity-protocol/sandbox";
import { type BlobSource, decodeJobSpec, type Hex, type JobSpec, jobBounds, ParityError, readBlob } from "@parity-protocol/sdk";
import { streamOfFile } from "@parity-protocol/sdk/node";
import { type FolderStore, fetchInto, folderStore } from "@parity-protocol/store";
import { isPrivateHost } from "../network/stores.ts";
import { formatSize } from "../units/size.ts";

/** What to run again, and where its blobs are. */
export interface ReExecution {
  jobHash: Hex;
  sources: readonly BlobSource[];
  engine: Engine;
  /** What image and input may have together. */
  maxBytes: number;
  signal: AbortSignal;
  onStep?: (step: "fetching" | "loading" | "running") => void;
}

/** What this machine gets for a job; the output itself is not kept. */
export type OwnAnswer = Pick<JobRun, "manifest" | "outputHash" | "stderr" | "durationMs">;

/**
 * Runs a job on this machine's engine exactly as a runner does, and removes everything of it afterwards.
 * @throws BLOB_TOO_LARGE, BLOB_NOT_FOUND, JOB_SPEC_INVALID, ARCHIVE_… and ENGINE_… codes
 */
export async function reExecute(request: ReExecution): Promise<OwnAnswer> {
  const { jobHash, sources, signal } = request;
  const spec = decodeJobSpec(await readBlob(sources, { sha256: jobHash.slice(2).toLowerCase(), maxBytes: jobBounds.specBytes, signal }));
  requireSize(spec, request.maxBytes);
  const directory = await mkdtemp(path.join(os.tmpdir(), "parity-verify-"));
  try {
    request.onStep?.("fetching");
    const blobs = folderStore(path.join(directory, "blobs"), { isDurable: false });
    const image = { sha256: spec.image.archive, bytes: spec.image.bytes };
    await fetchInto(blobs, [image], { sources: [...sources, ...registriesOf(spec.image, directory)], signal });
    await fetchInto(blobs, spec.input, { sources, signal });
    return await runFetched(request, { spec, blobs, directory });
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/** Somebody else may have written the job: this machine and its network are not to be asked for images. */
function registriesOf(image: JobSpec["image"], directory: string): BlobSource[] {
  const host = image.registry?.repository.split("/")[0]?.replace(/:\d+$/, "") ?? "";
  return isPrivateHost(host) ? [] : registrySources(image, { directory });
}

function requireSize({ image, input }: JobSpec, maxBytes: number): void {
  const bytes = input.reduce((sum, file) => sum + file.bytes, image.bytes);
  if (bytes > maxBytes)
    throw new ParityError(
      "BLOB_TOO_LARGE",
      `The job's image and input have ${formatSize(bytes)}, more than the ${formatSize(maxBytes)} that are accepted.`,
      { hint: "Raise --max-download if you want to run it all the same." },
    );
}

interface Fetched {
  spec: JobSpec;
  blobs: FolderStore;
  directory: string;
}

async function runFetched({ engine, signal, onStep }: ReExecution, { spec, blobs, directory }: Fetched): Promise<OwnAnswer> {
  const { archive, bytes, platform } = spec.image;
  onStep?.("loading");
  const image = await loadImage(engine, await verifyArchive(blobs.pathOf(archive), { sha256: archive, bytes, platform }));
  const owner = `verify-${path.basename(directory)}`;
  try {
    onStep?.("running");
    return await runJob(engine, {
      spec,
      image,
      openInput: async (file) => streamOfFile(blobs.pathOf(file.sha256)),
      outputDirectory: path.join(directory, "output"),
      owner,
      signal,
    });
  } finally {
    await sweepLeftovers(engine, { owner });
    if (image.isNew) await removeImage(engine, image.imageId);
  }
}
