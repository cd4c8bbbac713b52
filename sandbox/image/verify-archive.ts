import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { type ErrorCode, ParityError } from "@parity-protocol/sdk";
import { readTar, type TarEntry } from "../tar/read-tar.ts";
import { type ArchivePlan, planArchive } from "./archive-plan.ts";
import { archiveBounds } from "./bounds.ts";
import { blobPath, type Platform } from "./documents.ts";
import { checkLayer } from "./layer.ts";

/** What a job says about its image archive. */
export interface ArchiveClaim {
  sha256: string;
  bytes: number;
  platform: Platform;
}

/** An archive whose every byte has been checked. Digests are 64 hex digits without a prefix. */
export interface VerifiedArchive extends ArchiveClaim {
  path: string;
  configDigest: string;
  manifestDigest: string;
  diffIds: readonly string[];
}

/**
 * Checks an untrusted image archive without loading it: hash and size, exactly one image, no tags, every blob's digest, layers and
 * platform, bounded in bytes and entries; in flat memory (docs/protocol.md, "Image identity").
 * @throws ARCHIVE_HASH_MISMATCH and the other ARCHIVE_ codes
 */
export async function verifyArchive(path: string, claim: ArchiveClaim): Promise<VerifiedArchive> {
  await checkSize(path, claim);
  const hash = createHash("sha256");
  try {
    const plan = await planArchive(path, claim.platform);
    await checkBlobs(tap(path, hash), plan);
    if (hash.digest("hex") !== claim.sha256) throw hashMismatch(path, claim);
    const { configDigest, manifestDigest, diffIds } = plan;
    return { ...claim, path, configDigest, manifestDigest, diffIds };
  } catch (error) {
    // Bytes that are not the ones named say nothing about the image: the store is to blame, not the submitter.
    if ((await sha256OfFile(path)) !== claim.sha256) throw hashMismatch(path, claim);
    throw error;
  }
}

async function checkSize(path: string, claim: ArchiveClaim): Promise<void> {
  const { size } = await stat(path).catch((cause: unknown) => {
    throw new ParityError("ARCHIVE_TRUNCATED", `The archive ${path} cannot be read.`, { cause });
  });
  if (size > archiveBounds.archiveBytes)
    throw new ParityError("ARCHIVE_TOO_LARGE", `The archive has ${size} bytes; ${archiveBounds.archiveBytes} are allowed.`);
  if (size !== claim.bytes)
    throw new ParityError("ARCHIVE_HASH_MISMATCH", `The archive ${path} has ${size} bytes; the job names one of ${claim.bytes}.`);
}

/** Reads the whole file once: for its own hash, each blob's, and the entries of each layer. */
async function checkBlobs(source: AsyncIterable<Uint8Array>, plan: ArchivePlan): Promise<void> {
  const fault = (kind: "truncated" | "malformed", what: string) => new ParityError(faultCodes[kind], `The archive is ${kind}: ${what}.`);
  const layers = new Set(plan.diffIds.map(blobPath));
  const budget = { entries: archiveBounds.layerEntries as number };
  for await (const entry of readTar(source, fault)) {
    const name = entry.name.toString("latin1");
    if (name.startsWith("blobs/")) await checkBlob(entry, { name, isLayer: layers.has(name), budget });
  }
}

const faultCodes: Readonly<Record<"truncated" | "malformed", ErrorCode>> = {
  truncated: "ARCHIVE_TRUNCATED",
  malformed: "ARCHIVE_MALFORMED",
};

async function checkBlob(entry: TarEntry, blob: { name: string; isLayer: boolean; budget: { entries: number } }): Promise<void> {
  const hash = createHash("sha256");
  const content = hashed(entry.content(), hash);
  if (blob.isLayer) await checkLayer(content, blob.budget);
  else for await (const _ of content);
  const digest = hash.digest("hex");
  if (blobPath(digest) !== blob.name)
    throw new ParityError("ARCHIVE_BLOB_MISMATCH", `The archive's blob ${blob.name} has the digest ${digest}.`);
}

async function* hashed(source: AsyncIterable<Uint8Array>, hash: ReturnType<typeof createHash>): AsyncGenerator<Uint8Array> {
  for await (const chunk of source) {
    hash.update(chunk);
    yield chunk;
  }
}

function tap(path: string, hash: ReturnType<typeof createHash>): AsyncIterable<Uint8Array> {
  return hashed(createReadStream(path, { highWaterMark: 1024 * 1024 }), hash);
}

async function sha256OfFile(path: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const _ of tap(path, hash));
  return hash.digest("hex");
}

function hashMismatch(path: string, claim: ArchiveClaim): ParityError {
  return new ParityError("ARCHIVE_HASH_MISMATCH", `The archive ${path} does not have the sha256 ${claim.sha256} that the job names.`);
}
