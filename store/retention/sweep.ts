import type { Sha256Hex } from "@parity-protocol/sdk";
import type { FolderStore } from "../folder-store.ts";

/** What a sweep removed. */
export interface Swept {
  blobs: number;
  bytes: number;
}

/**
 * Removes the blobs that nothing has used since a time, except pinned ones. One file goes at a time, and a blob's own file says when it was
 * last used: a sweep that is killed has done a part of its work and nothing else.
 */
export async function sweep(
  folder: FolderStore,
  { unusedSinceMs, pinned }: { unusedSinceMs: number; pinned: ReadonlySet<Sha256Hex> },
): Promise<Swept> {
  const swept = { blobs: 0, bytes: 0 };
  for await (const { sha256, bytes, storedAtMs } of folder.list()) {
    if (storedAtMs >= unusedSinceMs || pinned.has(sha256)) continue;
    // Asked again at the moment of removal: somebody may have begun to use it.
    if (!(await folder.remove(sha256, { unusedSinceMs }))) continue;
    swept.blobs += 1;
    swept.bytes += bytes;
  }
  return swept;
}
