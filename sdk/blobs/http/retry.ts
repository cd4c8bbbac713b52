import { isParityError } from "../../errors/index.ts";

/** When to try again. */
export interface RetryTerms {
  /** How often to try at most. */
  attempts: number;
  /** The first pause; each further one is four times as long. */
  pauseMs: number;
  signal?: AbortSignal;
}

/**
 * Tries again, a few times and with growing pauses, what failed because the store was down or busy. Who was silent until patience ran
 * out is not asked again: whoever waits for the answer has waited long enough.
 */
export async function retry<T>(terms: RetryTerms, attempt: () => Promise<T>): Promise<T> {
  for (let tried = 1; ; tried++) {
    try {
      return await attempt();
    } catch (error) {
      if (tried >= terms.attempts || !mayPass(error)) throw error;
      await pause(Math.max(terms.pauseMs * 4 ** (tried - 1), askedFor(error)), terms.signal);
    }
  }
}

function mayPass(error: unknown): boolean {
  return isParityError(error, "STORE_UNREACHABLE") && (error.details.why === "no-answer" || error.details.why === "busy");
}

/** A store that is busy may say for how long. */
function askedFor(error: unknown): number {
  const asked = isParityError(error) ? error.details.retryAfterMs : undefined;
  return typeof asked === "number" ? asked : 0;
}

function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const abort = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", abort);
      resolve();
    }, ms);
    if (signal?.aborted) abort();
    else signal?.addEventListener("abort", abort, { once: true });
  });
}
