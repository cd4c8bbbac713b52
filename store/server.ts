import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { jobBounds, ParityError } from "@parity-protocol/sdk";
import { Incoming } from "./folder/incoming.ts";
import { Space } from "./folder/space.ts";
import { StderrNotes } from "./folder/stderr-notes.ts";
import { folderStore } from "./folder-store.ts";
import { answer } from "./http/answer.ts";
import type { StoreLogger, StoreParts } from "./http/call.ts";

/** What a store server serves, where, and within which bounds. */
export interface StoreServerOptions {
  directory: string;
  /** The loopback address unless told: who opens a store to a network says so. */
  host?: string;
  /** 0, the default, picks a free one. */
  port?: number;
  /** Who has it may write; without one nobody may. */
  token?: string | undefined;
  /** 16 GiB unless told. */
  maxBlobBytes?: number;
  /** How much all blobs may take together; unbounded unless told. */
  maxBytes?: number | undefined;
  /** How much all stderr notes may take together; 1 GiB unless told. */
  maxNotesBytes?: number;
  /** The longest silence in the middle of a request or an answer; 30,000 unless told. */
  idleTimeoutMs?: number;
  /** How long a request's head may take; 10,000 unless told. */
  headTimeoutMs?: number;
  /** The slowest average pace of an upload; 1 KiB a second unless told. */
  minBytesPerSecond?: number;
  /** How long open requests may go on after `close`; 10,000 unless told. */
  graceMs?: number;
  /** How long a connection is kept for the next request; 30,000 unless told. */
  keepAliveMs?: number;
  /** 1,024 unless told. */
  maxConnections?: number;
  logger?: StoreLogger;
}

/** A store that answers. */
export interface StoreServer {
  /** The base URL, without a trailing slash. */
  readonly url: string;
  /** Stops listening, lets open requests end within the grace, then cuts them. */
  close(): Promise<void>;
}

/** How soon a connection that has become idle is noticed while the server closes. */
const SWEEP_MS = 50;

const silence: StoreLogger = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

/**
 * Serves a directory of blobs over HTTP (docs/store.md).
 * @throws STORE_CANNOT_LISTEN, STORE_DISK_FAILED
 */
export async function startStoreServer(options: StoreServerOptions): Promise<StoreServer> {
  const parts = await openParts(options);
  const server = createServer({ keepAliveTimeout: options.keepAliveMs ?? 30_000, maxHeaderSize: 8 * 1024, ...headBounds(options) });
  // Bodies are bounded by silence and pace instead: a large blob may take hours.
  server.requestTimeout = 0;
  server.timeout = parts.bounds.idleTimeoutMs;
  server.maxConnections = options.maxConnections ?? 1024;
  const listen = (isAwaitingContinue: boolean) => (request: IncomingMessage, response: ServerResponse) =>
    void answer({ ...parts, request, response, isAwaitingContinue });
  server.on("request", listen(false));
  server.on("checkContinue", listen(true));
  const url = await startListening(server, options);
  parts.logger.info({ url, directory: parts.folder.directory, isWritable: parts.token !== undefined }, "Store listening");
  return { url, close: () => close(server, options.graceMs ?? 10_000) };
}

function headBounds({ headTimeoutMs = 10_000 }: StoreServerOptions) {
  return { headersTimeout: headTimeoutMs, connectionsCheckingInterval: Math.max(100, Math.floor(headTimeoutMs / 4)) };
}

async function openParts(options: StoreServerOptions): Promise<StoreParts> {
  const { directory, token, maxBlobBytes = jobBounds.archiveBytes, maxBytes } = options;
  const folder = folderStore(directory, { maxBlobBytes, ...(maxBytes === undefined ? {} : { maxBytes }) });
  await folder.ready();
  const notes = new StderrNotes(join(folder.directory, "notes"), {
    incoming: new Incoming(join(folder.directory, "incoming"), true),
    space: new Space(options.maxNotesBytes ?? 1024 ** 3),
  });
  await notes.open();
  const bounds = { maxBlobBytes, idleTimeoutMs: options.idleTimeoutMs ?? 30_000, minBytesPerSecond: options.minBytesPerSecond ?? 1024 };
  return { folder, notes, token, bounds, logger: options.logger ?? silence };
}

async function startListening(server: Server, { host = "127.0.0.1", port = 0 }: StoreServerOptions): Promise<string> {
  try {
    server.listen(port, host);
    await once(server, "listening");
  } catch (cause) {
    throw new ParityError("STORE_CANNOT_LISTEN", `The store cannot listen on ${host}:${port}: ${(cause as Error).message}.`, { cause });
  }
  const bound = server.address() as AddressInfo;
  return `http://${bound.family === "IPv6" ? `[${bound.address}]` : bound.address}:${bound.port}`;
}

async function close(server: Server, graceMs: number): Promise<void> {
  if (!server.listening) return;
  const closed = once(server, "close");
  server.close();
  // A connection whose last request has just ended would otherwise be kept for the next one.
  const sweep = setInterval(() => server.closeIdleConnections(), SWEEP_MS);
  const timer = setTimeout(() => server.closeAllConnections(), graceMs);
  await closed;
  clearInterval(sweep);
  clearTimeout(timer);
}
