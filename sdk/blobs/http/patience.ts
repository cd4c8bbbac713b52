import { ParityError } from "../../errors/index.ts";

/** How long to wait for a store. */
export interface PatienceTerms {
  label: string;
  /** The longest silence that is accepted, in milliseconds. */
  timeoutMs: number;
  /** The slowest average pace that is accepted once `timeoutMs` of waiting are over, so that a store cannot drip for ever. */
  minBytesPerSecond: number;
  signal?: AbortSignal;
}

/**
 * Bounds the waiting of one exchange with a store. Only time spent waiting for the store counts: a reader that takes its time over
 * what it has does not make the store slow.
 */
export class Patience {
  readonly #terms: PatienceTerms;
  readonly #controller = new AbortController();
  readonly #follow = () => this.#controller.abort(this.#terms.signal?.reason);
  #timer: ReturnType<typeof setTimeout> | undefined;
  #waitedMs = 0;
  #bytes = 0;
  #waitingSince = 0;
  #giveUp: ((error: ParityError) => void) | undefined;

  constructor(terms: PatienceTerms) {
    this.#terms = terms;
    if (terms.signal?.aborted) this.#follow();
    else terms.signal?.addEventListener("abort", this.#follow, { once: true });
  }

  /** Ends the exchange when patience runs out or the caller aborts. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Waits for the store, but not for ever. @throws STORE_UNREACHABLE */
  async wait<T>(answer: Promise<T>): Promise<T> {
    this.#waitingSince = performance.now();
    try {
      return await new Promise<T>((resolve, reject) => {
        this.#giveUp = reject;
        this.#arm();
        answer.then(resolve, reject);
      });
    } finally {
      this.#giveUp = undefined;
      clearTimeout(this.#timer);
      this.#waitedMs += performance.now() - this.#waitingSince;
    }
  }

  /** Notes bytes that moved, in either direction: the silence begins anew. */
  progress(bytes: number): void {
    this.#bytes += bytes;
    if (this.#giveUp) this.#arm();
  }

  /** Closes an exchange that came to its end. */
  settle(): void {
    this.#terms.signal?.removeEventListener("abort", this.#follow);
  }

  /** Abandons what is still under way. */
  abandon(): void {
    this.settle();
    this.#controller.abort();
  }

  #arm(): void {
    clearTimeout(this.#timer);
    const { timeoutMs, minBytesPerSecond } = this.#terms;
    const waitedMs = this.#waitedMs + performance.now() - this.#waitingSince;
    const allowedMs = timeoutMs + (this.#bytes / minBytesPerSecond) * 1000;
    this.#timer = setTimeout(() => this.#expire(), Math.max(0, Math.min(timeoutMs, allowedMs - waitedMs)));
  }

  #expire(): void {
    const { label, timeoutMs } = this.#terms;
    const message = `The store at ${label} was silent for ${timeoutMs} ms, or too slow: ${this.#bytes} bytes moved so far.`;
    const error = new ParityError("STORE_UNREACHABLE", message, { details: { store: label, why: "slow", bytes: this.#bytes } });
    this.#giveUp?.(error);
    this.#controller.abort(error);
  }
}
