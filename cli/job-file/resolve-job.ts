import path from "node:path";
import { checkEnvironment, type Engine } from "@parity-protocol/sandbox";
import {
  type Blobbed,
  defaultLevelFor,
  defaultLimits,
  encodeJobSpec,
  type Hex,
  type JobSpec,
  jobHashOf,
  parseJobSpec,
  runConcurrently,
} from "@parity-protocol/sdk";
import { blobFromBytes, blobFromFile } from "@parity-protocol/sdk/node";
import { type InputEntry, listInput } from "./input-tree.ts";
import { type PackedImage, packImage } from "./pack-image.ts";
import type { JobFile } from "./schema.ts";

const HASHES_AT_ONCE = 8;

/** The same for every job: what a strict job draws is public anyway, and one that draws nothing has one hash. */
const NO_SEED = "0".repeat(64);

/** A job file turned into what runners get: the spec, and the blobs that it names. */
export interface ResolvedJob {
  spec: JobSpec;
  jobHash: Hex;
  /** The spec itself, the image's archive unless it is at a registry, the input files. */
  blobs: Blobbed[];
  inputBytes: number;
  /** Whether the job file names no determinism level, so that the spec has the default one of its platform. */
  hasDefaultLevel: boolean;
  /** The image's archive on this disk, for as long as the work directory is there. */
  archivePath: string;
}

/** What resolving a job needs. */
export interface ResolveRequest {
  job: JobFile;
  /** The job file's folder: its paths are relative to it. */
  baseDirectory: string;
  /** Where archives are written. */
  workDirectory: string;
  engine: () => Promise<Engine>;
  signal: AbortSignal;
  onStep?: (step: "packing" | "hashing") => void;
}

/**
 * Turns a job file into a job spec and its blobs: lists and hashes the input, packs the image.
 * @throws INPUT_NOT_FOUND, INPUT_UNSUPPORTED, INPUT_TOO_LARGE, JOB_SPEC_INVALID, JOB_ENVIRONMENT_RESERVED, ENGINE_…, IMAGE_… and ARCHIVE_… codes
 */
export async function resolveJob(request: ResolveRequest): Promise<ResolvedJob> {
  const { job, baseDirectory, onStep } = request;
  checkEnvironment({ env: job.env ?? {} }); // before anything is hashed or packed
  const entries = job.input === undefined ? [] : await listInput(path.resolve(baseDirectory, job.input));
  onStep?.("packing");
  const { engine, signal, workDirectory } = request;
  const archive = await packImage({ image: job.image, baseDirectory, outputDirectory: workDirectory, engine, signal });
  request.signal.throwIfAborted();
  onStep?.("hashing");
  const inputs = await hashInputs(entries, request.signal);
  const spec = specOf(
    job,
    archive,
    entries.map(({ path: name }, i) => ({ path: name, ...nameOf(inputs[i]) })),
  );
  const specBlob = blobFromBytes(encodeJobSpec(spec));
  // What a registry keeps, no store has to.
  const archiveBlobs = archive.registry ? [] : [await blobFromFile(archive.path, { signal })];
  return {
    spec,
    jobHash: jobHashOf(spec),
    blobs: [specBlob, ...archiveBlobs, ...inputs],
    inputBytes: inputs.reduce((sum, blob) => sum + blob.bytes, 0),
    hasDefaultLevel: job.determinism === undefined,
    archivePath: archive.path,
  };
}

function specOf(job: JobFile, archive: PackedImage, input: JobSpec["input"]): JobSpec {
  const limits = Object.fromEntries(Object.entries(job.limits ?? {}).filter(([, value]) => value !== undefined));
  return parseJobSpec({
    version: 1,
    image: {
      archive: archive.sha256,
      bytes: archive.bytes,
      platform: archive.platform,
      ...(archive.registry ? { registry: archive.registry } : {}),
    },
    command: job.command,
    env: job.env ?? {},
    workingDirectory: job.workingDirectory ?? "/",
    input,
    limits: { ...defaultLimits, ...limits },
    expect: job.expect ?? { exitCode: 0 },
    determinism: { level: job.determinism?.level ?? defaultLevelFor(archive.platform), seed: NO_SEED },
  });
}

async function hashInputs(entries: readonly InputEntry[], signal: AbortSignal): Promise<Blobbed[]> {
  const blobs: Blobbed[] = [];
  await runConcurrently(entries.entries(), HASHES_AT_ONCE, async ([i, entry]) => {
    blobs[i] = await blobFromFile(entry.source, { signal });
  });
  return blobs;
}

function nameOf(blob: Blobbed | undefined): { sha256: string; bytes: number } {
  return { sha256: blob?.sha256 ?? "", bytes: blob?.bytes ?? 0 };
}
