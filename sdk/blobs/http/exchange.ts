import { isParityError, ParityError } from "../../errors/index.ts";
import { joinChunks } from "../chunks.ts";
import type { StoreSigner } from "../store-write.ts";
import { nonsense } from "./answer.ts";
import { Patience } from "./patience.ts";

/** How to reach a store. */
export interface StoreAccess {
  /** The base URL, without a trailing slash. */
  baseUrl: string;
  token?: string;
  signer?: StoreSigner;
  fetch: typeof fetch;
  timeoutMs: number;
  minBytesPerSecond: number;
}

/** One request to a store. */
export interface StoreRequest {
  method: "GET" | "HEAD" | "PUT" | "POST";
  /** Begins with a slash. */
  path: string;
  headers?: Record<string, string>;
  body?: NonNullable<RequestInit["body"]>;
  signal?: AbortSignal;
}

/** One answer of a store. Its body must be read, or the exchange abandoned. */
export interface Exchange {
  label: string;
  response: Response;
  /** The body as a stream that errors when the store stalls, and that ends the exchange when it ends. */
  body(): ReadableStream<Uint8Array>;
  /** Reads the whole body. @throws STORE_UNREACHABLE for more than `maxBytes` */
  readBody(maxBytes: number): Promise<Uint8Array>;
  abandon(): void;
}

/** What an upload needs of the exchange that carries it: where to note the bytes that were taken. */
export type NoteProgress = (bytes: number) => void;

/**
 * Sends one request and waits for the head of its answer. Redirects are not followed: a location hint must not be able to make a
 * reader ask a host that it did not name.
 * @throws STORE_UNREACHABLE
 */
export async function exchange(
  access: StoreAccess,
  request: StoreRequest,
  bodyWith?: (note: NoteProgress) => RequestInit,
): Promise<Exchange> {
  const { baseUrl: label, timeoutMs, minBytesPerSecond } = access;
  const patience = new Patience({ label, timeoutMs, minBytesPerSecond, ...(request.signal ? { signal: request.signal } : {}) });
  try {
    const { fetch } = access;
    const init = { ...initOf(request), ...bodyWith?.((bytes) => patience.progress(bytes)), signal: patience.signal };
    const response = await patience.wait(fetch(`${label}${request.path}`, init));
    return exchangeOf(label, response, patience);
  } catch (error) {
    patience.abandon();
    request.signal?.throwIfAborted();
    throw unreachable(label, error);
  }
}

function initOf(request: StoreRequest): RequestInit {
  return {
    method: request.method,
    redirect: "manual",
    credentials: "omit",
    referrerPolicy: "no-referrer",
    headers: request.headers ?? {},
    ...(request.body === undefined ? {} : { body: request.body }),
  };
}

function exchangeOf(label: string, response: Response, patience: Patience): Exchange {
  const body = () => patientBody(label, response, patience);
  return {
    label,
    response,
    body,
    abandon: () => patience.abandon(),
    async readBody(maxBytes) {
      const reader = body().getReader();
      const chunks: Uint8Array[] = [];
      let total = 0;
      for (let next = await reader.read(); !next.done; next = await reader.read()) {
        total += next.value.length;
        chunks.push(next.value);
        if (total > maxBytes) {
          await reader.cancel();
          throw nonsense(label, `its answer is longer than ${maxBytes} bytes`);
        }
      }
      return joinChunks(chunks);
    },
  };
}

function patientBody(label: string, response: Response, patience: Patience): ReadableStream<Uint8Array> {
  const reader = response.body?.getReader();
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          const next = reader ? await patience.wait(reader.read()) : { done: true as const, value: undefined };
          if (next.done) {
            patience.settle();
            controller.close();
            return;
          }
          patience.progress(next.value.length);
          controller.enqueue(next.value);
        } catch (error) {
          const isAborted = patience.signal.aborted && !isParityError(patience.signal.reason);
          patience.abandon();
          throw isAborted ? error : unreachable(label, error);
        }
      },
      cancel() {
        patience.abandon();
      },
    },
    { highWaterMark: 0 },
  );
}

/** Says in a store's words what a transport error means. */
function unreachable(label: string, error: unknown): ParityError {
  if (isParityError(error)) return error;
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  if (isParityError(cause)) return cause;
  const code = (cause as { code?: unknown } | undefined)?.code;
  const reason = typeof code === "string" ? code : cause instanceof Error ? cause.message : String(cause);
  return new ParityError("STORE_UNREACHABLE", `The store at ${label} did not answer: ${reason}.`, {
    details: { store: label, why: "no-answer" },
    cause: error,
  });
}
