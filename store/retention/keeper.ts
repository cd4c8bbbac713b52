import { isParityError } from "@parity-protocol/sdk";
import type { StderrNotes } from "../folder/stderr-notes.ts";
import type { FolderStore } from "../folder-store.ts";
import type { StoreLogger } from "../http/call.ts";
import { followTasks, type TaskFollowing } from "./follow-tasks.ts";
import { readPins } from "./pins.ts";
import { sweep } from "./sweep.ts";

const DAY_MS = 86_400_000;
/** A manifest that waits for its blobs longer than this has been given up by its runner. */
const ASIDE_DAYS = 2;
const FOLLOW_EVERY_MS = 60_000;
const SWEEP_EVERY_MS = 60 * 60_000;

/** What the keeper of a folder needs. */
export interface KeeperParts {
  folder: FolderStore;
  aside: FolderStore;
  notes: StderrNotes;
  /** Days that a blob is kept after its last use; for ever where absent. */
  retentionDays: number | undefined;
  following: Omit<TaskFollowing, "folder"> | undefined;
  logger: StoreLogger;
}

/** Keeps a folder in order beside everything else: notes which tasks use its blobs, and removes what none has used for long. */
export class Keeper {
  readonly #parts: KeeperParts;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #round: Promise<void> = Promise.resolve();
  #sweptAtMs = 0;
  #isStopped = false;

  constructor(parts: KeeperParts) {
    this.#parts = parts;
  }

  /** Begins the first round. */
  start(): void {
    if (this.#isStopped) return;
    this.#round = this.#goRound().finally(() => {
      if (this.#isStopped) return;
      this.#timer = setTimeout(() => this.start(), FOLLOW_EVERY_MS);
      this.#timer.unref();
    });
  }

  /** Begins no further round, and waits for the one under way. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    clearTimeout(this.#timer);
    await this.#round;
  }

  async #goRound(): Promise<void> {
    try {
      await this.#keep();
    } catch (error) {
      const code = isParityError(error) ? error.code : "STORE_BROKEN";
      // What was not followed may be in use: nothing is removed in this round.
      this.#parts.logger.warn({ code, err: error }, "Store could not be kept in order");
    }
  }

  async #keep(): Promise<void> {
    const { following, folder, retentionDays, logger } = this.#parts;
    if (following) {
      const tasks = await followTasks({ ...following, folder });
      logger.debug({ tasks }, "Tasks followed");
    }
    const nowMs = Date.now();
    if (nowMs - this.#sweptAtMs < SWEEP_EVERY_MS) return;
    await this.#sweep(nowMs, retentionDays);
    this.#sweptAtMs = nowMs;
  }

  async #sweep(nowMs: number, retentionDays: number | undefined): Promise<void> {
    const { folder, aside, notes, logger } = this.#parts;
    await sweep(aside, { unusedSinceMs: nowMs - ASIDE_DAYS * DAY_MS, pinned: new Set() });
    if (retentionDays === undefined) return;
    const unusedSinceMs = nowMs - retentionDays * DAY_MS;
    const swept = await sweep(folder, { unusedSinceMs, pinned: await readPins(folder.directory) });
    const removedNotes = await notes.sweep(unusedSinceMs);
    if (swept.blobs + removedNotes > 0) logger.info({ ...swept, notes: removedNotes }, "Unused blobs removed");
  }
}
