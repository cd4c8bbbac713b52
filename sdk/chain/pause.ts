import { ParityError } from "../errors/index.ts";

/**
 * Waits, unless the signal ends the wait.
 * @throws WAIT_ABORTED
 */
export function pause(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(waitAborted(signal));
    const onAbort = () => {
      clearTimeout(timer);
      reject(waitAborted(signal));
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", onAbort);
      resolve();
    }, ms);
    signal?.addEventListener("abort", onAbort, { once: true });
  });
}

/**
 * Waits for an answer, unless the signal ends the wait.
 * @throws WAIT_ABORTED, and what the answer fails with
 */
export function untilAborted<T>(answer: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(waitAborted(signal));
    if (signal.aborted) return onAbort();
    signal.addEventListener("abort", onAbort, { once: true });
    answer.then(resolve, reject).finally(() => signal.removeEventListener("abort", onAbort));
  });
}

/** @throws WAIT_ABORTED if the signal has been given */
export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw waitAborted(signal);
}

function waitAborted(signal: AbortSignal | undefined): ParityError {
  return new ParityError("WAIT_ABORTED", "Waiting was ended by the caller.", { cause: signal?.reason });
}

/** Doubles a delay for every failure in a row: `baseMs`, then twice as long, up to a minute or to `baseMs` if that is longer. */
export function backoffMs(baseMs: number, failuresInARow: number): number {
  const longest = Math.max(baseMs, 60_000);
  return Math.min(longest, baseMs * 2 ** Math.min(failuresInARow, 20));
}
