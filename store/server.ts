import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { ParityError, parseStoreUrl } from "@parity-protocol/sdk";
import { answer } from "./http/answer.ts";
import type { StoreLogger, StoreParts } from "./http/call.ts";
import { boundConnections, peerOf } from "./http/peer.ts";
import { type OpenStore, openStore } from "./open-store.ts";
import type { QuotaTerms } from "./writers/quota.ts";
import type { StoreChain } from "./writers/task-facts.ts";

/** What a store server serves, where, and within which bounds. */
export interface StoreServerOptions {
  directory: string;
  /** The loopback address unless told: who opens a store to a network says so. */
  host?: string;
  /** 0, the default, picks a free one. */
  port?: number;
  /** Who has it may write. */
  token?: string | undefined;
  /** Where to ask who submitters and runners are, so that they may write with a signature; without one only the token's owner writes. */
  chain?: StoreChain | undefined;
  /** What this store is called in the locations of tasks; the URL that it listens at unless told. */
  publicUrls?: readonly string[] | undefined;
  /** How much may be written with signatures a day; see `defaultQuota`. */
  quota?: Partial<QuotaTerms>;
  /** How many days after their last use, or after the close of the last task that uses them, blobs are removed; never unless told. */
  retentionDays?: number | undefined;
  /** How many requests a second one peer may make, ten times as many at once; unbounded unless told. */
  requestsPerSecond?: number | undefined;
  /** Limits are for the address that a proxy in front writes into X-Forwarded-For. */
  isBehindProxy?: boolean;
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
  /** How many of them one address may have; all unless told. */
  maxConnectionsOfOne?: number | undefined;
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

/**
 * Serves a directory of blobs over HTTP (docs/store.md).
 * @throws STORE_CANNOT_LISTEN, STORE_DISK_FAILED, STORE_DIRECTORY_UNUSABLE, STORE_URL_INVALID
 */
export async function startStoreServer(options: StoreServerOptions): Promise<StoreServer> {
  const publicUrls = (options.publicUrls ?? []).map(parseStoreUrl);
  const store = await openStore(options, publicUrls);
  const server = createServer({ keepAliveTimeout: options.keepAliveMs ?? 30_000, maxHeaderSize: 16 * 1024, ...headBounds(options) });
  // Bodies are bounded by silence and pace instead: a large blob may take hours.
  server.requestTimeout = 0;
  server.timeout = store.parts.bounds.idleTimeoutMs;
  server.maxConnections = options.maxConnections ?? 1024;
  if (options.maxConnectionsOfOne !== undefined) boundConnections(server, options.maxConnectionsOfOne);
  answerWith(server, store.parts, options.isBehindProxy ?? false);
  const url = await startListening(server, options);
  if (publicUrls.length === 0) publicUrls.push(parseStoreUrl(url));
  store.keeper.start();
  const { logger, token, signed, folder } = store.parts;
  logger.info({ url, directory: folder.directory, isWritable: token !== undefined || signed !== undefined, publicUrls }, "Store listening");
  return { url, close: () => close(server, store, options.graceMs ?? 10_000) };
}

function answerWith(server: Server, parts: StoreParts, isBehindProxy: boolean): void {
  const listen = (isAwaitingContinue: boolean) => (request: IncomingMessage, response: ServerResponse) =>
    void answer({ ...parts, request, response, isAwaitingContinue, peer: peerOf(request, isBehindProxy) });
  server.on("request", listen(false));
  server.on("checkContinue", listen(true));
}

function headBounds({ headTimeoutMs = 10_000 }: StoreServerOptions) {
  return { headersTimeout: headTimeoutMs, connectionsCheckingInterval: Math.max(100, Math.floor(headTimeoutMs / 4)) };
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

async function close(server: Server, store: OpenStore, graceMs: number): Promise<void> {
  if (!server.listening) return;
  const closed = once(server, "close");
  server.close();
  // A connection whose last request has just ended would otherwise be kept for the next one.
  const sweep = setInterval(() => server.closeIdleConnections(), SWEEP_MS);
  const timer = setTimeout(() => server.closeAllConnections(), graceMs);
  await closed;
  clearInterval(sweep);
  clearTimeout(timer);
  await store.close();
}
