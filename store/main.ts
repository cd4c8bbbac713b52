/** The store program: `node store/main.ts`, configured by STORE_* variables (docs/store.md). */
import { isParityError } from "@parity-protocol/sdk";
import { pino } from "pino";
import { loadStoreConfig } from "./config.ts";
import { startStoreServer } from "./server.ts";

/** Exit codes of every program of this project: 1 fix your input or set-up, 75 try again. */
const EXIT_FIX = 1;
const EXIT_RETRY = 75;

try {
  await run();
} catch (error) {
  const told = isParityError(error) ? error.toJSON() : { code: "STORE_BROKEN", message: String(error) };
  process.stderr.write(`${JSON.stringify(told)}\n`);
  process.exitCode = isParityError(error) && error.isRetryable ? EXIT_RETRY : EXIT_FIX;
}

/** Serves until SIGTERM or SIGINT; open requests get a grace to end. */
async function run(): Promise<void> {
  const { logLevel, ...config } = loadStoreConfig();
  // Logs go to stderr, so that stdout holds the ready line alone.
  const logger = pino({ level: logLevel, name: "store" }, pino.destination({ dest: 2, sync: true }));
  const server = await startStoreServer({ ...config, logger });
  const stop = async (signal: string) => {
    logger.info({ signal }, "Store closing");
    await server.close();
    logger.info("Store closed");
  };
  for (const signal of ["SIGTERM", "SIGINT"]) process.once(signal, (name) => void stop(name));
  process.stdout.write(`${JSON.stringify({ ready: true, url: server.url })}\n`);
}
