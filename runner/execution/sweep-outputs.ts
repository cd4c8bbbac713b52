import { glob, readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Hex } from "@parity-protocol/sdk";
import type { Journal } from "../journal/journal.ts";

/** A settled task's output is kept this long, in case that a reorganisation takes the settlement back. */
const keptMs = 3_600_000;

/** Removes the outputs of tasks that have been done for a while; returns how many. */
export async function sweepOutputs(outputsDirectory: string, journal: Journal): Promise<number> {
  const names = await readdir(outputsDirectory).catch(() => []);
  let removed = 0;
  for (const name of names) {
    const path = join(outputsDirectory, name);
    const record = journal.find(name as Hex);
    const { mtimeMs } = await stat(path);
    if ((record && !record.doneWhy) || Date.now() - mtimeMs < keptMs) continue;
    await rm(path, { recursive: true, force: true });
    removed += 1;
  }
  return removed;
}

/** Removes what a crash left half written. To be called before the first run. */
export async function removePartialOutputs(outputsDirectory: string): Promise<void> {
  const files = await Array.fromAsync(glob(join(outputsDirectory, "*", ".partial-*")));
  await Promise.all(files.map((path) => rm(path, { force: true })));
}
