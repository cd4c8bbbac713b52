import { pino } from "pino";
import type { StoreConfig } from "./config.ts";
import { connectChain } from "./connect-chain.ts";
import { type StoreServer, startStoreServer } from "./server.ts";

/** What is told of a running store to whoever started it. */
export interface StoreRun {
  onReady: (server: StoreServer) => void;
  /** Ends it; the open requests get a grace. */
  signal: AbortSignal;
}

/**
 * Serves a store as its configuration says until it is told to end; logs to stderr.
 * @throws STORE_CANNOT_LISTEN, STORE_DISK_FAILED, STORE_DIRECTORY_UNUSABLE, RPC_UNREACHABLE, NO_CODE_AT_ESCROW, NOT_AN_ESCROW, ESCROW_CODE_UNKNOWN
 */
export async function runStore({ logLevel, chain, ...config }: StoreConfig, { onReady, signal }: StoreRun): Promise<void> {
  const logger = pino({ level: logLevel, name: "store" }, pino.destination({ dest: 2, sync: true }));
  const connected = chain && (await connectChain(chain));
  const server = await startStoreServer({ ...config, chain: connected, logger });
  onReady(server);
  if (!signal.aborted) await new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
  logger.info("Store closing");
  await server.close();
  logger.info("Store closed");
}
