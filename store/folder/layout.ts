import { mkdir, opendir, stat } from "node:fs/promises";
import { join } from "node:path";
import { isBlobName, requireBlobName, type Sha256Hex } from "@parity-protocol/sdk";
import { syncDirectory } from "./incoming.ts";

/** A blob that a folder holds. */
export interface StoredBlob {
  sha256: Sha256Hex;
  bytes: number;
  /** When it was stored, in milliseconds since 1970. */
  storedAtMs: number;
}

/** 256 shelves named by the first byte: small enough to sync at each write, and ten million blobs leave 40,000 names on each. */
const shelves = Array.from({ length: 256 }, (_, i) => i.toString(16).padStart(2, "0"));

/** Where a folder keeps what. */
export interface Layout {
  root: string;
  blobs: string;
  notes: string;
  incoming: string;
}

export function layoutOf(root: string): Layout {
  return { root, blobs: join(root, "blobs"), notes: join(root, "notes"), incoming: join(root, "incoming") };
}

/** Makes the directories of a folder, durably: afterwards a write has only its own shelf to sync. */
export async function makeDirectories(layout: Layout): Promise<void> {
  const isThere = await stat(join(layout.blobs, "ff")).catch(() => undefined);
  if (isThere) return;
  await mkdir(layout.blobs, { recursive: true });
  await mkdir(layout.notes, { recursive: true });
  for (const shelf of shelves) await mkdir(join(layout.blobs, shelf), { recursive: true });
  await syncDirectory(layout.blobs);
  await syncDirectory(layout.root);
}

/** The path of a blob. @throws BLOB_NAME_INVALID */
export function blobPath(layout: Layout, sha256: Sha256Hex): string {
  return join(layout.blobs, requireBlobName(sha256).slice(0, 2), sha256);
}

/** Lists every blob; one that is removed meanwhile may be left out. */
export async function* listBlobs(layout: Layout): AsyncGenerator<StoredBlob> {
  for (const shelf of shelves) {
    for await (const entry of await opendir(join(layout.blobs, shelf))) {
      if (!isBlobName(entry.name)) continue;
      const found = await stat(join(layout.blobs, shelf, entry.name)).catch(() => undefined);
      if (found?.isFile()) yield { sha256: entry.name, bytes: found.size, storedAtMs: found.mtimeMs };
    }
  }
}
