import { renameSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { ParityError } from "@parity-protocol/sdk";
import { migrations } from "./schema.ts";

/**
 * Opens the journal's database and brings it to the newest schema.
 * @throws JOURNAL_CORRUPT after moving the damaged file aside; JOURNAL_TOO_NEW, leaving the file as it is
 */
export function openDatabase(path: string): DatabaseSync {
  const database = openSound(path);
  try {
    migrate(database, path);
  } catch (error) {
    database.close();
    throw error;
  }
  return database;
}

/**
 * Opens a journal that may be in use, to read it only.
 * @throws JOURNAL_TOO_NEW, JOURNAL_TOO_OLD, RUNNER_DIRECTORY_UNUSABLE
 */
export function openReadOnly(path: string): DatabaseSync {
  let version: number;
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(path, { readOnly: true });
    database.exec("PRAGMA busy_timeout = 5000;");
    version = versionOf(database);
  } catch (cause) {
    database?.close();
    throw unusable(path, cause);
  }
  if (version === migrations.length) return database;
  database.close();
  const known = `The journal ${path} has version ${version}; this program knows ${migrations.length}.`;
  throw new ParityError(version > migrations.length ? "JOURNAL_TOO_NEW" : "JOURNAL_TOO_OLD", known);
}

function openSound(path: string): DatabaseSync {
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(path);
    // FULL: a promise is on the disk, not in its cache, before the transaction that it stands for is sent.
    database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA busy_timeout = 5000;");
    const check = database.prepare("PRAGMA quick_check(1)").get();
    if (check?.quick_check !== "ok") throw new Error(String(check?.quick_check));
    return database;
  } catch (cause) {
    database?.close();
    if (!isDamage(cause)) throw unusable(path, cause);
    throw setAside(path, cause);
  }
}

/** SQLITE_CORRUPT is 11, SQLITE_NOTADB is 26; a failed check has no code. Anything else (locked, full, read-only) may pass. */
function isDamage(cause: unknown): boolean {
  const code = (cause as { errcode?: number }).errcode;
  return code === undefined || (code & 0xff) === 11 || (code & 0xff) === 26;
}

function unusable(path: string, cause: unknown): ParityError {
  const what = cause instanceof Error ? cause.message : String(cause);
  return new ParityError("RUNNER_DIRECTORY_UNUSABLE", `The journal ${path} cannot be opened: ${what}.`, { cause });
}

function setAside(path: string, cause: unknown): ParityError {
  const aside = `${path}.damaged-${new Date().toISOString().replaceAll(":", "-")}`;
  for (const suffix of ["", "-wal", "-shm"])
    try {
      renameSync(path + suffix, aside + suffix);
    } catch (error) {
      // The two companions exist only after a crash.
      if (suffix === "" || (error as NodeJS.ErrnoException).code !== "ENOENT") throw unusable(path, error);
    }
  const what = cause instanceof Error ? cause.message : String(cause);
  return new ParityError("JOURNAL_CORRUPT", `The journal ${path} is damaged (${what}) and was moved to ${aside}.`, { cause });
}

function migrate(database: DatabaseSync, path: string): void {
  const version = versionOf(database);
  if (version > migrations.length)
    throw new ParityError("JOURNAL_TOO_NEW", `The journal ${path} has version ${version}; this runner knows ${migrations.length}.`);
  for (const [i, migration] of migrations.entries()) {
    if (i < version) continue;
    database.exec(`BEGIN IMMEDIATE; ${migration}; PRAGMA user_version = ${i + 1}; COMMIT;`);
  }
}

function versionOf(database: DatabaseSync): number {
  return Number(database.prepare("PRAGMA user_version").get()?.user_version);
}
