import { type ErrorCode, isParityError, ParityError } from "@parity-protocol/sdk";
import { diskError } from "../folder/disk-error.ts";
import type { Call } from "./call.ts";

/** How long, and over how many bytes, a sender whose upload was answered early is listened to so that it can read the answer. */
const LINGER_MS = 5_000;
const LINGER_BYTES = 64 * 1024 ** 2;

const statuses: Partial<Record<ErrorCode, number>> = {
  BLOB_NAME_INVALID: 400,
  STORE_REQUEST_INVALID: 400,
  STORE_REFUSED: 401,
  BLOB_NOT_FOUND: 404,
  STORE_ROUTE_UNKNOWN: 404,
  STORE_UPLOAD_INCOMPLETE: 408,
  BLOB_TOO_LARGE: 413,
  STORE_RANGE_INVALID: 416,
  STORE_WRITE_NOT_DUE: 409,
  BLOB_CORRUPT: 422,
  OUTPUT_MANIFEST_INVALID: 422,
  STORE_BUSY: 429,
  STORE_QUOTA_EXCEEDED: 429,
  RPC_UNREACHABLE: 503,
  RPC_FAILED: 503,
  STORE_FULL: 507,
};

/**
 * On every answer. Blobs are bytes of unknown people: no browser may guess their type, show them as a page or run them. Anyone may
 * read from any page; nothing here is guarded by cookies.
 */
const headersOfAll = {
  "x-content-type-options": "nosniff",
  "content-security-policy": "default-src 'none'; sandbox",
  "cross-origin-resource-policy": "cross-origin",
  "access-control-allow-origin": "*",
  "access-control-expose-headers": "etag, content-range, content-length, accept-ranges, parity-verified, retry-after",
} as const;

/** Sets the head of an answer. */
export function writeHead(call: Call, status: number, headers: Record<string, string | number>): void {
  call.response.writeHead(status, { ...headersOfAll, ...headers });
}

/** A small answer to a program. */
export interface JsonAnswer {
  status: number;
  json: unknown;
  headers?: Record<string, string>;
}

/** Answers with JSON; a request whose body is still on its way is read to its end, or closed after a while. */
export function sendJson(call: Call, { status, json, headers = {} }: JsonAnswer): void {
  const body = Buffer.from(`${JSON.stringify(json)}\n`);
  const isEarly = hasBody(call) && !call.request.complete;
  const head = { "content-type": "application/json", "content-length": body.length, "cache-control": "no-store", ...headers };
  writeHead(call, status, isEarly ? { ...head, connection: "close" } : head);
  if (call.request.method !== "HEAD") call.response.write(body);
  if (isEarly && !call.isAwaitingContinue) linger(call);
  else call.response.end();
}

/** Answers with an error: {code, message, hint}. Says nothing where the sender is gone or an answer has begun. */
export function sendError(call: Call, error: unknown): void {
  const told = tell(error);
  const status = statuses[told.code] ?? 500;
  logError(call, told, status);
  if (call.response.headersSent || call.response.destroyed) {
    call.response.destroy();
    return;
  }
  const headers: Record<string, string> = status === 401 ? { "www-authenticate": call.signed ? "Bearer, Parity" : "Bearer" } : {};
  const { range, retryAfterSeconds } = told.details;
  if (typeof range === "string") headers["content-range"] = range;
  if (typeof retryAfterSeconds === "number") headers["retry-after"] = String(retryAfterSeconds);
  sendJson(call, { status, json: { code: told.code, message: told.message, hint: told.hint }, headers });
}

function tell(thrown: unknown): ParityError {
  const error = diskError(thrown, "answering a request");
  // What an RPC says may quote its address.
  if (isParityError(error, "RPC_UNREACHABLE", "RPC_FAILED"))
    return new ParityError(error.code, "The store's chain did not answer who the writer is.", { cause: error, hint: "Try again." });
  if (isParityError(error)) return error;
  // The cause goes into the log, not to a stranger.
  return new ParityError("STORE_BROKEN", "The store met an error that it does not know.", { cause: error });
}

function logError(call: Call, error: ParityError, status: number): void {
  const fields = { method: call.request.method, target: call.request.url?.slice(0, 200), status, code: error.code, err: error };
  if (status === 500) call.logger.error(fields, "Request failed");
  else if (status === 507) call.logger.warn(fields, "Store refused a write for want of room");
  else call.logger.debug({ ...fields, err: undefined, reason: error.message }, "Request refused");
}

function hasBody({ request }: Call): boolean {
  return request.headers["transfer-encoding"] !== undefined || Number(request.headers["content-length"] ?? 0) > 0;
}

/** Closing at once would reset the connection and take the answer with it: the sender gets time to notice it. */
function linger({ request, response }: Call): void {
  let left = LINGER_BYTES;
  const timer = setTimeout(() => response.destroy(), LINGER_MS);
  const close = () => {
    clearTimeout(timer);
    response.end();
  };
  request.on("data", (chunk: Buffer) => {
    left -= chunk.length;
    if (left < 0) response.destroy();
  });
  request.once("end", close);
  response.once("close", () => clearTimeout(timer));
  request.resume();
}
