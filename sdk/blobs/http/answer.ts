import { type ErrorCode, ParityError } from "../../errors/index.ts";
import type { Exchange } from "./exchange.ts";

/** What a store's error body may add to a message; it was written by the store, so it is cut and stripped of control characters. */
const MAX_ERROR_BYTES = 4096;
const MAX_REASON_LENGTH = 300;

/** Codes that a store may give as its own reason to refuse a write; of a read it can say no more than that it does not have it. */
const codesOfWrites: readonly ErrorCode[] = [
  "BLOB_TOO_LARGE",
  "BLOB_CORRUPT",
  "BLOB_NAME_INVALID",
  "STORE_FULL",
  "STORE_REFUSED",
  "STORE_WRITE_NOT_DUE",
  "STORE_QUOTA_EXCEEDED",
];

/** Makes the error for an answer that is not a success. */
export async function refusalOf(exchange: Exchange, what: string, isWrite = false): Promise<ParityError> {
  const { label, response } = exchange;
  const { code, reason } = await readReason(exchange);
  const details = { store: label, status: response.status };
  const said = `The store at ${label} answered ${response.status} to ${what}${reason ? `: ${reason}` : "."}`;
  if (response.type === "opaqueredirect" || (response.status >= 300 && response.status < 400))
    return nonsense(label, `it redirects ${what} to somewhere else, which is not followed`);
  if (isWrite && code && codesOfWrites.includes(code)) return new ParityError(code, said, { details });
  if (response.status === 404) return new ParityError("BLOB_NOT_FOUND", `The store at ${label} does not have it.`, { details });
  if (response.status === 413) return new ParityError("BLOB_TOO_LARGE", said, { details });
  if (response.status === 507) return new ParityError("STORE_FULL", said, { details });
  if (response.status === 408 || response.status === 429 || response.status >= 500)
    return new ParityError("STORE_UNREACHABLE", said, { details: { ...details, why: "busy", ...retryAfter(response) } });
  return new ParityError("STORE_REFUSED", said, { details });
}

/** When a busy store wants to be asked again; what is not a small number of seconds counts as nothing. */
function retryAfter({ headers }: Response): { retryAfterMs?: number } {
  const seconds = /^\d{1,2}$/.exec(headers.get("retry-after") ?? "")?.[0];
  return seconds === undefined ? {} : { retryAfterMs: Number(seconds) * 1000 };
}

/** Makes the error for an answer that no store gives. */
export function nonsense(label: string, what: string): ParityError {
  return new ParityError("STORE_UNREACHABLE", `${label} does not answer as a store does: ${what}.`, {
    hint: "Check that the address is a store's, with nothing in front of it that answers in its place.",
    details: { store: label, why: "nonsense" },
  });
}

async function readReason(exchange: Exchange): Promise<{ code?: ErrorCode; reason?: string }> {
  try {
    const body: unknown = JSON.parse(new TextDecoder().decode(await exchange.readBody(MAX_ERROR_BYTES)));
    if (typeof body !== "object" || body === null) return {};
    const { code, message } = body as Record<string, unknown>;
    return {
      ...(typeof code === "string" ? { code: code as ErrorCode } : {}),
      ...(typeof message === "string" ? { reason: printable(message) } : {}),
    };
  } catch {
    // Without a readable reason the status has to say it all.
    return {};
  }
}

/** Takes out what could move a terminal's cursor or forge a log line. */
function printable(text: string): string {
  return text.replace(/[\p{C}\p{Zl}\p{Zp}]+/gu, " ").slice(0, MAX_REASON_LENGTH);
}
