import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { ParityError } from "@parity-protocol/sdk";

/**
 * Takes a directory for one runner, creating it, until the returned function is called or the program ends, however it ends: the
 * operating system holds the lock, so that a crash leaves none behind.
 * @throws RUNNER_DIRECTORY_IN_USE, RUNNER_DIRECTORY_UNUSABLE
 */
export function lockDirectory(directory: string): () => void {
  const lock = openLock(directory);
  try {
    lock.exec("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE;");
  } catch (cause) {
    lock.close();
    throw new ParityError("RUNNER_DIRECTORY_IN_USE", `Another runner works in ${directory}.`, { cause });
  }
  return () => lock.close();
}

function openLock(directory: string): DatabaseSync {
  try {
    // 0700: unrevealed outputs lie in it.
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    return new DatabaseSync(join(directory, "runner.lock"));
  } catch (cause) {
    const what = cause instanceof Error ? cause.message : String(cause);
    throw new ParityError("RUNNER_DIRECTORY_UNUSABLE", `The directory ${directory} cannot be used: ${what}.`, { cause });
  }
}
