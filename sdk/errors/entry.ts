/** One row of the catalogue of errors. */
export interface ErrorEntry {
  /** What the code means, one sentence. */
  meaning: string;
  /** What to do next. */
  hint: string;
  /** True where the same call may succeed later (exit code 75). */
  isRetryable: boolean;
}

/** Keeps the literal codes while checking each row. */
export function defineErrors<const T extends Record<string, ErrorEntry>>(entries: T): T {
  return entries;
}
