import { isParityError, redactText } from "@parity-protocol/sdk";
import { pino } from "pino";

/**
 * Where a runner says what it did: a constant sentence in the past tense, and fields. error: a person must act; warn: a person will
 * have to if it lasts; info: one line a step of a task; debug: the rest. Never a key, never a salt or an output before its reveal.
 */
export interface RunnerLog {
  debug(fields: object, sentence: string): void;
  info(fields: object, sentence: string): void;
  warn(fields: object, sentence: string): void;
  error(fields: object, sentence: string): void;
}

/** Makes the log of the program: a JSON line each on stderr, so that stdout is free for what programs read. */
export function createLog(level: string, fields: object): RunnerLog {
  return pino({ level, base: fields, timestamp: pino.stdTimeFunctions.isoTime }, pino.destination({ dest: 2, sync: true }));
}

/** Reduces an error to what a log may hold: its code, its message and its hint, which never carry a secret. */
export function fault(error: unknown): { code: string; message: string; hint?: string } {
  if (isParityError(error)) return { code: error.code, message: error.message, hint: error.hint };
  return { code: "UNEXPECTED", message: redactText(error instanceof Error ? error.message : String(error)) };
}

/** The exit code that an error ends a program with: 75 where the same may succeed later, 1 where something must be put right first. */
export function exitCodeOf(error: unknown): number {
  return isParityError(error) && error.isRetryable ? 75 : 1;
}
