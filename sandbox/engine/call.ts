import { type ErrorCode, isParityError, ParityError } from "@parity-protocol/sdk";

/** Longest that a plain call to the engine may take, on a busy machine as well. */
export const callTimeoutMs = 60_000;

/** How one call is bounded, and which code an HTTP status of the engine becomes. */
export interface CallOptions {
  timeoutMs?: number;
  signal?: AbortSignal | undefined;
  codes?: Readonly<Record<number, ErrorCode>>;
}

/**
 * Makes one call to the engine, bounded in time. The signal that `call` gets ends the request, and with it any stream that it returned.
 * @throws ENGINE_FAILED, ENGINE_TIMED_OUT, JOB_ABORTED, or the code that `codes` gives the engine's HTTP status
 */
export async function callEngine<T>(name: string, call: (signal: AbortSignal) => Promise<T>, options: CallOptions = {}): Promise<T> {
  const timeoutMs = options.timeoutMs ?? callTimeoutMs;
  const timeout = new AbortController();
  const timer = setTimeout(() => timeout.abort(), timeoutMs);
  const signal = options.signal ? AbortSignal.any([options.signal, timeout.signal]) : timeout.signal;
  const aborted = Promise.withResolvers<never>();
  const onAbort = () => aborted.reject(new Error("aborted"));
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    signal.throwIfAborted();
    // Some calls do not notice the signal while they connect, hence the race.
    return await Promise.race([call(signal), aborted.promise]);
  } catch (error) {
    if (options.signal?.aborted) throw new ParityError("JOB_ABORTED", `The engine call "${name}" was aborted.`, { cause: error });
    if (timeout.signal.aborted)
      throw new ParityError("ENGINE_TIMED_OUT", `The engine did not answer "${name}" within ${timeoutMs / 1000} s.`, { cause: error });
    throw translate(name, error, options.codes ?? {});
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", onAbort);
  }
}

/** Calls and returns nothing where the engine says that the thing is not there (404) or already so (304). */
export async function callIfThere<T>(
  name: string,
  call: (signal: AbortSignal) => Promise<T>,
  options: CallOptions = {},
): Promise<T | undefined> {
  try {
    return await callEngine(name, call, options);
  } catch (error) {
    if ([304, 404].includes(statusOf(error) ?? 0)) return undefined;
    throw error;
  }
}

/** Returns the HTTP status that the engine answered a failed call with. */
export function statusOf(error: unknown): number | undefined {
  const status = isParityError(error) ? error.details.status : undefined;
  return typeof status === "number" ? status : undefined;
}

function translate(name: string, error: unknown, codes: Readonly<Record<number, ErrorCode>>): ParityError {
  if (isParityError(error)) return error;
  const { statusCode: status, json, message } = error as { statusCode?: number; json?: unknown; message?: string };
  const said = messageIn(json) ?? message ?? String(error);
  const code = (status === undefined ? undefined : codes[status]) ?? "ENGINE_FAILED";
  return new ParityError(code, `The engine failed "${name}": ${said.trim()}`, { cause: error, details: { status, said } });
}

function messageIn(json: unknown): string | undefined {
  const message = typeof json === "object" && json !== null && "message" in json ? json.message : undefined;
  return typeof message === "string" ? message : undefined;
}

/** Makes a call that answers with a stream; the time bound covers the stream to its end. */
export async function callStream(
  name: string,
  call: (signal: AbortSignal) => Promise<NodeJS.ReadableStream>,
  options: CallOptions & { timeoutMs: number },
): Promise<AsyncIterable<Uint8Array>> {
  const bound = AbortSignal.timeout(Math.ceil(options.timeoutMs));
  const signal = options.signal ? AbortSignal.any([options.signal, bound]) : bound;
  const stream = await callEngine(name, () => call(signal), options);
  return translated(name, stream as AsyncIterable<Uint8Array> & NodeJS.ReadableStream, { ...options, bound });
}

async function* translated(
  name: string,
  stream: AsyncIterable<Uint8Array>,
  options: CallOptions & { bound: AbortSignal },
): AsyncGenerator<Uint8Array> {
  try {
    yield* stream;
  } catch (error) {
    if (options.signal?.aborted) throw new ParityError("JOB_ABORTED", `The engine call "${name}" was aborted.`, { cause: error });
    if (options.bound.aborted) throw new ParityError("ENGINE_TIMED_OUT", `The engine did not finish "${name}" in time.`, { cause: error });
    throw translate(name, error, {});
  }
}
