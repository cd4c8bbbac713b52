import { chmodSync, existsSync } from "node:fs";
import { backup } from "node:sqlite";
import { ParityError } from "@parity-protocol/sdk";
import { openReadOnly } from "./open-database.ts";

/**
 * Copies a journal into a new file, also while its runner works: the copy is what the journal was at one moment.
 * @throws RUNNER_NOT_FOUND where there is no journal; BACKUP_FAILED where the file exists or cannot be written
 */
export async function backUpJournal(path: string, target: string): Promise<void> {
  if (!existsSync(path)) throw new ParityError("RUNNER_NOT_FOUND", `There is no journal ${path}.`);
  if (existsSync(target)) throw new ParityError("BACKUP_FAILED", `${target} exists; a backup never replaces another one.`);
  const journal = openReadOnly(path);
  try {
    await backup(journal, target);
    chmodSync(target, 0o600);
  } catch (cause) {
    throw new ParityError("BACKUP_FAILED", `${target} could not be written: ${(cause as Error).message}.`, { cause });
  } finally {
    journal.close();
  }
}
