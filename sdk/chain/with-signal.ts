import { isParityError } from "../errors/index.ts";
import type { ChainClient } from "./chain-error.ts";
import { throwIfAborted, untilAborted } from "./pause.ts";

/** What may end a call before it is answered. */
export interface Abortable {
  signal?: AbortSignal | undefined;
}

/**
 * Gives a client whose questions to the chain end when the signal is given; for reading: what was sent stays sent. An answer that
 * still comes is dropped, since viem's transports cannot be told.
 */
export function withSignal<T extends ChainClient>(client: T, signal: AbortSignal | undefined): T {
  if (!signal) return client;
  const ask = client.request as (args: unknown, options?: unknown) => Promise<unknown>;
  const request = async (args: unknown, options?: unknown) => {
    try {
      throwIfAborted(signal);
      return await untilAborted(ask(args, options), signal);
    } catch (error) {
      // viem reads an error's `details` as a text; chainErrorOf finds the cause again.
      throw isParityError(error) ? new Error(error.message, { cause: error }) : error;
    }
  };
  // viem lets calls of one client share an answer that is on its way: those with another signal must not.
  return { ...client, uid: crypto.randomUUID(), request: request as T["request"] };
}
