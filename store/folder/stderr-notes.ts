import { mkdir, readdir, readFile, rm, rmdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { ParityError } from "@parity-protocol/sdk";
import { diskError, isAbsent } from "./disk-error.ts";
import type { Incoming } from "./incoming.ts";
import type { Space } from "./space.ts";

/** Whose run of which task: both 0x-hex, 32 bytes. */
export interface NoteKey {
  taskId: string;
  identity: string;
}

/** More than a committee has: what a writer can make of one task is bounded. */
const MAX_NOTES_A_TASK = 64;
/** What the smallest file takes on a disk: counted so, that empty notes are bounded too. */
const BLOCK_BYTES = 4096;

/** Keeps the stderr of runs, one small file each. They are notes: nobody can verify them, and a later one replaces an earlier one. */
export class StderrNotes {
  readonly #directory: string;
  readonly #incoming: Incoming;
  readonly #space: Space;
  #turn: Promise<void> = Promise.resolve();

  constructor(directory: string, parts: { incoming: Incoming; space: Space }) {
    this.#directory = directory;
    this.#incoming = parts.incoming;
    this.#space = parts.space;
  }

  /** Counts what is there already. */
  async open(): Promise<void> {
    await mkdir(this.#directory, { recursive: true });
    for (const task of await namesIn(this.#directory))
      for (const note of await namesIn(join(this.#directory, task)))
        this.#space.add(costOf((await stat(join(this.#directory, task, note))).size));
  }

  /** Replaces a note, whole or not at all; one after the other, so that each is counted once. @throws STORE_FULL, STORE_DISK_FAILED */
  put(key: NoteKey, content: Uint8Array): Promise<void> {
    const turn = this.#turn.then(() => this.#put(key, content));
    this.#turn = turn.catch(() => undefined);
    return turn;
  }

  async #put(key: NoteKey, content: Uint8Array): Promise<void> {
    this.#space.reserve(costOf(content.length));
    try {
      this.#space.release(await this.#replace(key, content));
    } catch (error) {
      this.#space.release(costOf(content.length));
      throw diskError(error, `writing the stderr of task ${key.taskId}`);
    }
  }

  /** Reads a note, or nothing when there is none. */
  async get(key: NoteKey): Promise<Uint8Array | undefined> {
    try {
      return await readFile(this.#pathOf(key));
    } catch (error) {
      if (isAbsent(error)) return undefined;
      throw diskError(error, `reading the stderr of task ${key.taskId}`);
    }
  }

  /** Removes the notes that are older than a time; returns how many. */
  async sweep(unusedSinceMs: number): Promise<number> {
    let removed = 0;
    for (const task of await namesIn(this.#directory)) {
      const shelf = join(this.#directory, task);
      for (const name of await namesIn(shelf)) removed += await this.#removeOld(join(shelf, name), unusedSinceMs);
      // A shelf that a note is just being put on is not empty, and stays.
      await rmdir(shelf).catch(() => undefined);
    }
    return removed;
  }

  async #removeOld(path: string, unusedSinceMs: number): Promise<0 | 1> {
    const found = await stat(path).catch(() => undefined);
    if (!found || found.mtimeMs >= unusedSinceMs) return 0;
    await rm(path, { force: true });
    this.#space.release(costOf(found.size));
    return 1;
  }

  /** Returns what the former note took. */
  async #replace(key: NoteKey, content: Uint8Array): Promise<number> {
    const shelf = join(this.#directory, key.taskId);
    const former = await stat(this.#pathOf(key)).catch(() => undefined);
    if (!former && (await namesIn(shelf)).length >= MAX_NOTES_A_TASK)
      throw new ParityError("STORE_FULL", `Task ${key.taskId} has ${MAX_NOTES_A_TASK} notes already.`);
    const incoming = await this.#incoming.create();
    try {
      await incoming.file.writeFile(content);
      await this.#incoming.accept(incoming, this.#pathOf(key));
    } catch (error) {
      await this.#incoming.discard(incoming);
      throw error;
    }
    return former ? costOf(former.size) : 0;
  }

  #pathOf({ taskId, identity }: NoteKey): string {
    return join(this.#directory, taskId, identity);
  }
}

function costOf(bytes: number): number {
  return Math.max(bytes, BLOCK_BYTES);
}

async function namesIn(directory: string): Promise<string[]> {
  try {
    return await readdir(directory);
  } catch (error) {
    if (isAbsent(error)) return [];
    throw error;
  }
}
