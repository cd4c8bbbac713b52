import { type ErrorCode, errorCatalogue } from "./catalogue.ts";

/** What may be said about an error besides its code and message. */
export interface ParityErrorOptions {
  /** What to do next, where the catalogue's general hint can be made more specific. */
  hint?: string;
  /** Values for programs; never a secret, never an RPC credential. */
  details?: Readonly<Record<string, unknown>>;
  cause?: unknown;
}

/**
 * The only error that this project throws. `code` is stable, `message` says what happened with the values, `hint` says what to
 * do next, `isRetryable` says whether the same call may succeed later.
 */
export class ParityError extends Error {
  override readonly name = "ParityError";
  readonly code: ErrorCode;
  readonly hint: string;
  readonly isRetryable: boolean;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(code: ErrorCode, message: string, options: ParityErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    const entry = errorCatalogue[code];
    this.code = code;
    this.hint = options.hint ?? entry.hint;
    this.isRetryable = entry.isRetryable;
    this.details = options.details ?? {};
  }

  /** Serialises what a log line or `--json` shows. */
  toJSON(): { code: ErrorCode; message: string; hint: string; isRetryable: boolean; details: Readonly<Record<string, unknown>> } {
    return { code: this.code, message: this.message, hint: this.hint, isRetryable: this.isRetryable, details: this.details };
  }
}

/** Says whether `error` is a ParityError, optionally with one of the given codes. */
export function isParityError(error: unknown, ...codes: ErrorCode[]): error is ParityError {
  return error instanceof ParityError && (codes.length === 0 || codes.includes(error.code));
}
