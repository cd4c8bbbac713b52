import type { IncomingMessage, ServerResponse } from "node:http";
import type { Logger } from "pino";
import type { StderrNotes } from "../folder/stderr-notes.ts";
import type { FolderStore } from "../folder-store.ts";

/** What a store program may log to. */
export type StoreLogger = Pick<Logger, "debug" | "info" | "warn" | "error">;

/** Bounds on what one request can make the store do. */
export interface CallBounds {
  maxBlobBytes: number;
  /** The longest silence in the middle of a request, in milliseconds. */
  idleTimeoutMs: number;
  /** The slowest average pace of a body once `idleTimeoutMs` are over. */
  minBytesPerSecond: number;
}

/** What answering needs of the store. */
export interface StoreParts {
  folder: FolderStore;
  notes: StderrNotes;
  /** Who has it may write; without one nobody may. */
  token: string | undefined;
  bounds: CallBounds;
  logger: StoreLogger;
}

/** One request and its answer. */
export interface Call extends StoreParts {
  request: IncomingMessage;
  response: ServerResponse;
  /** True where the sender waits for a word before it sends the body. */
  isAwaitingContinue: boolean;
}
