/** The store program: `node store/main.ts`, configured by STORE_* variables (docs/store.md). */
import { isParityError } from "@parity-protocol/sdk";
import { loadStoreConfig } from "./config.ts";
import { runStore } from "./run-store.ts";

/** Exit codes of every program of this project: 1 fix your input or set-up, 75 try again. */
const EXIT_FIX = 1;
const EXIT_RETRY = 75;

const ending = new AbortController();
for (const signal of ["SIGTERM", "SIGINT"]) process.once(signal, () => ending.abort());

try {
  // Logs go to stderr, so that stdout holds the ready line alone.
  const onReady = ({ url }: { url: string }) => void process.stdout.write(`${JSON.stringify({ ready: true, url })}\n`);
  await runStore(loadStoreConfig(), { onReady, signal: ending.signal });
} catch (error) {
  const told = isParityError(error) ? error.toJSON() : { code: "STORE_BROKEN", message: String(error) };
  process.stderr.write(`${JSON.stringify(told)}\n`);
  process.exitCode = isParityError(error) && error.isRetryable ? EXIT_RETRY : EXIT_FIX;
}
