import type { IncomingMessage, ServerResponse } from "node:http";
import type { Logger } from "pino";
import type { StderrNotes } from "../folder/stderr-notes.ts";
import type { FolderStore } from "../folder-store.ts";
import type { AnnouncedOutputs } from "../writers/announced-outputs.ts";
import type { SignedWriting } from "../writers/signed-writing.ts";
import type { RateLimit } from "./rate-limit.ts";

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
  /** Who has it may write. */
  token: string | undefined;
  /** What signed writes need; without it only the token's owner writes. */
  signed: SignedWriting | undefined;
  announced: AnnouncedOutputs;
  /** How many requests a peer may make. */
  requests: RateLimit | undefined;
  bounds: CallBounds;
  logger: StoreLogger;
}

/** One request and its answer. */
export interface Call extends StoreParts {
  request: IncomingMessage;
  response: ServerResponse;
  /** Whom limits are for: the address of who asks, as far as it is known. */
  peer: string;
  /** True where the sender waits for a word before it sends the body. */
  isAwaitingContinue: boolean;
}
