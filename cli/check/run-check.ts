import { randomUUID } from "node:crypto";
import path from "node:path";
import {
  checkJob,
  checkJobQuickly,
  type Engine,
  loadImage,
  removeImage,
  sweepLeftovers,
  type Verdict,
  verifyArchive,
} from "@parity-protocol/sandbox";
import { type InputFile, ParityError } from "@parity-protocol/sdk";
import type { ResolvedJob } from "../job-file/resolve-job.ts";

/** A job to check, and how. */
export interface CheckOrder {
  job: ResolvedJob;
  engine: Engine;
  /** Where outputs are written meanwhile. */
  workDirectory: string;
  /** Two runs at the job's level, more only where they differ; or everything that a check can change. */
  extent: "quick" | "whole";
  signal: AbortSignal;
  onProgress?: (progress: { runs: number; atMost: number }) => void;
}

/**
 * Checks a job on this machine's engine, and removes everything of it afterwards.
 * @throws ARCHIVE_…, ENGINE_…, LEVEL_UNSUPPORTED, PLATFORM_UNSUPPORTED and JOB_… codes
 */
export async function runCheck({ job, engine, workDirectory, extent, signal, onProgress }: CheckOrder): Promise<Verdict> {
  const { archive, bytes, platform } = job.spec.image;
  const image = await loadImage(engine, await verifyArchive(job.archivePath, { sha256: archive, bytes, platform }));
  const owner = `check-${randomUUID()}`;
  try {
    const request = {
      spec: job.spec,
      image,
      archivePath: job.archivePath,
      openInput: async (file: InputFile) => openInput(job, file),
      directory: path.join(workDirectory, "check"),
      owner,
      signal,
      ...(onProgress ? { onProgress } : {}),
    };
    return await (extent === "quick" ? checkJobQuickly : checkJob)(engine, request);
  } finally {
    await sweepLeftovers(engine, { owner });
    if (image.isNew) await removeImage(engine, image.imageId);
  }
}

function openInput({ blobs }: ResolvedJob, file: InputFile): ReadableStream<Uint8Array> {
  const blob = blobs.find(({ sha256 }) => sha256 === file.sha256);
  if (!blob) throw new ParityError("INPUT_NOT_FOUND", `The input ${file.path} is gone.`);
  return blob.open();
}
