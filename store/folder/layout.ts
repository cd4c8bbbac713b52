import { mkdir, opendir, readdir, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { isBlobName, requireBlobName, type Sha256Hex } from "@parity-protocol/sdk";
import { syncDirectory } from "./incoming.ts";

/** A blob that a folder holds. */
export interface StoredBlob {
  sha256: Sha256Hex;
  bytes: number;
  /** When it was stored, or until when it was marked as used, in milliseconds since 1970. */
  storedAtMs: number;
}

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

/** Makes the directories of a folder. */
export async function makeDirectories(layout: Layout, isDurable: boolean): Promise<void> {
  const made = await mkdir(layout.blobs, { recursive: true });
  await mkdir(layout.incoming, { recursive: true });
  if (made === undefined || !isDurable) return;
  await syncDirectory(layout.root);
  await syncDirectory(dirname(layout.root));
}

/**
 * The path of a blob, on one of 256 shelves that are named by the first byte and made when they are first needed: few enough that
 * most writes have only their own shelf to sync, and ten million blobs leave 40,000 names on each. @throws BLOB_NAME_INVALID */
export function blobPath(layout: Layout, sha256: Sha256Hex): string {
  return join(layout.blobs, requireBlobName(sha256).slice(0, 2), sha256);
}

/** Lists every blob; one that is removed meanwhile may be left out. */
export async function* listBlobs(layout: Layout): AsyncGenerator<StoredBlob> {
  for (const shelf of await readdir(layout.blobs)) {
    if (!/^[0-9a-f]{2}$/.test(shelf)) continue;
    for await (const entry of await opendir(join(layout.blobs, shelf))) {
      if (!isBlobName(entry.name)) continue;
      const found = await stat(join(layout.blobs, shelf, entry.name)).catch(() => undefined);
      if (found?.isFile()) yield { sha256: entry.name, bytes: found.size, storedAtMs: found.mtimeMs };
    }
  }
}
