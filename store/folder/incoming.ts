import { randomBytes } from "node:crypto";
import { type FileHandle, mkdir, open, readdir, rename, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { isAbsent } from "./disk-error.ts";

/** A leftover is swept at this age even if a process with its number lives: numbers are used again. */
const ABANDONED_AFTER_MS = 24 * 60 * 60 * 1000;

/** A file that is being written and that nobody can read yet. */
export interface IncomingFile {
  path: string;
  file: FileHandle;
}

/**
 * The files of a folder that are being written. They become visible by a rename on the same disk, complete or not at all; what a
 * killed process left is swept when the folder is opened.
 */
export class Incoming {
  readonly #directory: string;
  readonly #isDurable: boolean;
  // Tells the files of this run from those of an earlier process with the same number, as in a container where it is always 1.
  readonly #run = randomBytes(6).toString("hex");
  #count = 0;

  constructor(directory: string, isDurable: boolean) {
    this.#directory = directory;
    this.#isDurable = isDurable;
  }

  async create(): Promise<IncomingFile> {
    const path = join(this.#directory, `${process.pid}-${this.#run}-${this.#count++}`);
    return { path, file: await open(path, "wx", 0o644) };
  }

  /** Writes out what a growing file has so far. */
  async syncOnTheWay(incoming: IncomingFile): Promise<void> {
    if (this.#isDurable) await incoming.file.datasync();
  }

  /** Makes a written file durable under its name; closes it. */
  async accept(incoming: IncomingFile, path: string): Promise<void> {
    if (this.#isDurable) await incoming.file.sync();
    await incoming.file.close();
    await this.#rename(incoming.path, path);
    if (this.#isDurable) await syncDirectory(dirname(path));
  }

  /** The directory of the first file in it is made on the way. */
  async #rename(from: string, to: string): Promise<void> {
    try {
      await rename(from, to);
    } catch (error) {
      if (!isAbsent(error)) throw error;
      await mkdir(dirname(to), { recursive: true });
      if (this.#isDurable) await syncDirectory(dirname(dirname(to)));
      await rename(from, to);
    }
  }

  /** Forgets a file that came to nothing. */
  async discard(incoming: IncomingFile): Promise<void> {
    // It may be closed already; what matters is that it goes.
    await incoming.file.close().catch(() => undefined);
    await rm(incoming.path, { force: true });
  }

  /** Removes what processes that are gone left behind; returns how many files. */
  async sweep(): Promise<number> {
    const names = await readdir(this.#directory);
    const abandoned = await Promise.all(names.map((name) => this.#isAbandoned(name)));
    const swept = names.filter((_, i) => abandoned[i]);
    await Promise.all(swept.map((name) => rm(join(this.#directory, name), { force: true })));
    return swept.length;
  }

  async #isAbandoned(name: string): Promise<boolean> {
    const pid = Number(name.split("-")[0]);
    if (!Number.isSafeInteger(pid) || pid <= 0) return true;
    if (pid !== process.pid && !isAlive(pid)) return true;
    const found = await stat(join(this.#directory, name)).catch(() => undefined);
    const startedAt = Date.now() - process.uptime() * 1000;
    if (pid === process.pid) return found !== undefined && found.mtimeMs < startedAt;
    return found !== undefined && Date.now() - found.mtimeMs > ABANDONED_AFTER_MS;
  }
}

/** Makes the names in a directory durable. */
export async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, "r");
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Another user's process may not be signalled, but it lives.
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
