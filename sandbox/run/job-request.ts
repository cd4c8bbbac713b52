import type { Blobbed, InputFile, JobSpec, OutputManifest } from "@parity-protocol/sdk";
import type { Variation } from "../check/variation.ts";

/** A job to run, and where its parts come from and go to. */
export interface JobRequest {
  spec: JobSpec;
  /** The loaded image of the spec's archive. */
  image: { imageId: string };
  /** Opens an input file for reading; its bytes need not be verified. */
  openInput(file: InputFile): Promise<ReadableStream<Uint8Array>>;
  /** Where the output's blobs are written, as files named by their sha256; made when it is not there. */
  outputDirectory: string;
  /** Who runs the job: what a crash leaves is swept by this name. */
  owner: string;
  /** What a check changes of the level; never given by runners. */
  variation?: Variation;
}

/** What a job produced. */
export interface JobRun {
  manifest: OutputManifest;
  /** The sha256 of the manifest, 0x-hex: what a runner commits to. */
  outputHash: `0x${string}`;
  /** The manifest, stdout and every file, each once; durable in the output directory. */
  blobs: Blobbed[];
  /** The end of stderr, at most 1 MiB. Not part of the output. */
  stderr: Uint8Array;
  /** Why the outcome is what it is, in words for the submitter. Not part of the output. */
  reason?: string;
  durationMs: number;
}
