import { ParityError } from "../errors/index.ts";
import type { Sha256Hex } from "../job/sha256.ts";
import { isBlobName, requireBlobName } from "./blob-name.ts";
import type { Blobbed, BlobStore } from "./blob-source.ts";
import { readChunks, streamOfChunks } from "./chunks.ts";
import { nonsense, refusalOf } from "./http/answer.ts";
import { authorizationOf } from "./http/authorization.ts";
import { exchange, type StoreAccess } from "./http/exchange.ts";
import { retry } from "./http/retry.ts";
import { uploadBody } from "./http/upload-body.ts";
import { parseStoreUrl } from "./location.ts";
import type { StoreSigner } from "./store-write.ts";

/** How to talk to a store over HTTP. */
export interface HttpStoreOptions {
  /** The owner's leave to write; anyone may read. Never shown in a message. */
  token?: string;
  /** Signs writes where there is no token, for a store that asks the chain who the writer is. */
  signer?: StoreSigner;
  /** Another implementation of fetch. */
  fetch?: typeof fetch;
  /** The longest silence that is accepted, in milliseconds; 20,000 unless told. */
  timeoutMs?: number;
  /** The slowest average pace that is accepted; 16 KiB a second unless told. */
  minBytesPerSecond?: number;
}

type Passed = { signal?: AbortSignal };

/** How many names one POST /blobs/missing asks for: 67 bytes each, far below the store's bound. */
const NAMES_A_REQUEST = 1000;
/** Above this size it is cheaper to ask whether the store has a blob than to send it again. */
const ASK_FIRST_BYTES = 64 * 1024;
/** More than any store says when it took a blob. */
const MAX_ACCEPTANCE_BYTES = 4096;

/**
 * Makes a store that is reached over HTTP (docs/store.md). Nothing that it serves is verified here: `readBlob` and
 * `openBlob` do that.
 * @throws STORE_URL_INVALID, STORE_TOKEN_INVALID
 * @example const store = httpStore("http://127.0.0.1:8090", { token });
 */
export function httpStore(url: string, options: HttpStoreOptions = {}): BlobStore {
  const access = accessOf(url, options);
  return {
    label: access.baseUrl,
    open: (sha256, passed = {}) => openAt(access, { sha256: requireBlobName(sha256), first: 0 }, passed),
    openFrom: (sha256, first, passed = {}) => openAt(access, { sha256: requireBlobName(sha256), first }, passed),
    missing: (names, passed = {}) => missingFrom(access, names, passed),
    put: (blob, passed = {}) => putInto(access, blob, passed),
  };
}

/** Settles what a call does not say about how to reach a store. @throws STORE_URL_INVALID, STORE_TOKEN_INVALID */
export function accessOf(url: string, options: HttpStoreOptions): StoreAccess {
  // Checked here because fetch would repeat the whole token in its complaint.
  if (options.token !== undefined && !/^[\x21-\x7e]+$/.test(options.token))
    throw new ParityError("STORE_TOKEN_INVALID", "The store token is empty, or has spaces, line breaks or characters beyond ASCII.");
  return {
    baseUrl: parseStoreUrl(url),
    ...(options.token === undefined ? {} : { token: options.token }),
    ...(options.signer === undefined ? {} : { signer: options.signer }),
    // Called as a method of nothing: a browser's fetch refuses any other `this` than its window.
    fetch: options.fetch ?? ((input, init) => globalThis.fetch(input, init)),
    timeoutMs: options.timeoutMs ?? 20_000,
    minBytesPerSecond: options.minBytesPerSecond ?? 16 * 1024,
  };
}

/** Where in which blob to begin. */
interface Place {
  sha256: Sha256Hex;
  first: number;
}

async function openAt(access: StoreAccess, { sha256, first }: Place, passed: Passed): Promise<ReadableStream<Uint8Array>> {
  const headers: Record<string, string> = first > 0 ? { range: `bytes=${first}-`, "if-range": `"${sha256}"` } : {};
  return retry({ attempts: 2, pauseMs: 200, ...passed }, async () => {
    const answer = await exchange(access, { method: "GET", path: `/blobs/${sha256}`, headers, ...passed });
    const { status } = answer.response;
    const isPart = status === 206 && first > 0;
    if (status !== 200 && !isPart) throw await refusalOf(answer, `GET blob ${sha256}`);
    const problem = problemOf(answer.response, isPart ? first : undefined);
    if (problem !== undefined) {
      answer.abandon();
      throw nonsense(access.baseUrl, problem);
    }
    // A server that knows no ranges begins at the beginning.
    return isPart || first === 0 ? answer.body() : streamOfChunks(skip(readChunks(answer.body()), first));
  });
}

function problemOf({ headers }: Response, first: number | undefined): string | undefined {
  if (headers.get("content-type")?.startsWith("text/html")) return "it serves a web page where a blob should be";
  if (first === undefined || headers.get("content-range")?.startsWith(`bytes ${first}-`)) return undefined;
  return "it serves another part of a blob than it was asked for";
}

async function* skip(chunks: AsyncIterable<Uint8Array>, count: number): AsyncGenerator<Uint8Array, void, undefined> {
  let left = count;
  for await (const chunk of chunks) {
    const rest = chunk.subarray(Math.min(left, chunk.length));
    left -= chunk.length - rest.length;
    if (rest.length > 0) yield rest;
  }
}

async function missingFrom(access: StoreAccess, names: readonly Sha256Hex[], passed: Passed): Promise<Sha256Hex[]> {
  const absent: Sha256Hex[] = [];
  for (let at = 0; at < names.length; at += NAMES_A_REQUEST) {
    const asked = names.slice(at, at + NAMES_A_REQUEST).map(requireBlobName);
    absent.push(...(await retry({ attempts: 2, pauseMs: 200, ...passed }, () => askMissing(access, asked, passed))));
  }
  return absent;
}

async function askMissing(access: StoreAccess, asked: readonly Sha256Hex[], passed: Passed): Promise<Sha256Hex[]> {
  const headers = { "content-type": "application/json" };
  const answer = await exchange(access, { method: "POST", path: "/blobs/missing", headers, body: JSON.stringify(asked), ...passed });
  if (answer.response.status !== 200) {
    const refusal = await refusalOf(answer, "POST /blobs/missing");
    throw refusal.code === "STORE_UNREACHABLE" ? refusal : nonsense(access.baseUrl, refusal.message);
  }
  const absent = parseNames(await answer.readBody(1024 + 80 * asked.length));
  const wasAsked = new Set(asked);
  if (!absent?.every((name) => wasAsked.has(name)))
    throw nonsense(access.baseUrl, "POST /blobs/missing did not give a list of the names that were asked");
  return absent;
}

function parseNames(body: Uint8Array): Sha256Hex[] | undefined {
  try {
    const value: unknown = JSON.parse(new TextDecoder().decode(body));
    return Array.isArray(value) && value.every(isBlobName) ? value : undefined;
  } catch {
    // Not JSON: the caller says so.
    return undefined;
  }
}

async function putInto(access: StoreAccess, blob: Blobbed, passed: Passed): Promise<void> {
  requireBlobName(blob.sha256);
  await retry({ attempts: 3, pauseMs: 250, ...passed }, async () => {
    if (blob.bytes > ASK_FIRST_BYTES && (await hasBlob(access, blob, passed))) return;
    await sendBlob(access, blob, passed);
  });
}

async function hasBlob(access: StoreAccess, blob: Blobbed, passed: Passed): Promise<boolean> {
  const answer = await exchange(access, { method: "HEAD", path: `/blobs/${blob.sha256}`, ...passed });
  if (answer.response.status !== 200 && answer.response.status !== 404) throw await refusalOf(answer, `HEAD blob ${blob.sha256}`);
  await answer.readBody(0);
  if (answer.response.status === 404) return false;
  const length = answer.response.headers.get("content-length");
  if (length === null || Number(length) === blob.bytes) return true;
  throw nonsense(access.baseUrl, `it says that blob ${blob.sha256} has ${length} bytes, it has ${blob.bytes}`);
}

async function sendBlob(access: StoreAccess, blob: Blobbed, passed: Passed): Promise<void> {
  const path = `/blobs/${blob.sha256}`;
  const authorization = await authorizationOf(access, { path, sha256: blob.sha256, bytes: blob.bytes });
  const headers = { "content-type": "application/octet-stream", "content-length": String(blob.bytes), ...authorization };
  const answer = await exchange(access, { method: "PUT", path, headers, ...passed }, await uploadBody(blob));
  const { status } = answer.response;
  // 202: a manifest that waits at the store for the blobs that it names.
  if (status === 200 || status === 201 || status === 202) {
    // Read to its end, so that the connection can be used again.
    await answer.readBody(MAX_ACCEPTANCE_BYTES);
    return;
  }
  const refusal = await refusalOf(answer, `PUT blob ${blob.sha256}`, true);
  if (refusal.code !== "BLOB_NOT_FOUND") throw refusal;
  throw new ParityError("STORE_REFUSED", `${access.baseUrl} does not take blobs: it answered ${status} to PUT ${path}.`);
}
