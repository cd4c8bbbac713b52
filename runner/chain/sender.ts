import { type Address, chainErrorOf, isParityError, ParityError } from "@parity-protocol/sdk";
import type { Client } from "viem";
import type { Flight, SentStep } from "./flight.ts";
import { Flights } from "./flights.ts";
import { Outbox, tryOut } from "./outbox.ts";
import type { StepCall } from "./step-call.ts";
import { defaultPatience, type MiningDeps } from "./until-mined.ts";

export type { SentStep } from "./flight.ts";
export type { StepCall } from "./step-call.ts";

/** Sends a runner's calls to the chain. */
export interface ChainSender {
  /**
   * Tries the call out, sends it, with others where several are due at once, and waits until it is mined. A call of a task whose
   * transaction is still on its way, also from before a restart, is not sent twice.
   * @throws the escrow's own codes where the trial or the block refuses it; RPC_UNREACHABLE, RPC_FAILED, FEE_ABOVE_CEILING,
   * INSUFFICIENT_FUNDS, NONCE_CONFLICT; TRANSACTION_REVERTED, TRANSACTION_TIMED_OUT
   */
  send(call: StepCall, signal: AbortSignal): Promise<SentStep>;
}

/** What a sender needs. */
export interface SenderDeps extends MiningDeps {
  /** How many reorganisations there were so far. */
  reorganisations: () => number;
  chainId: number;
  escrow: Address;
}

/** Makes the sender of one account. Nobody else may send from the account: nonces are counted here. */
export function createSender(deps: SenderDeps): ChainSender {
  const flights = new Flights(deps);
  const outbox = new Outbox(deps, flights);
  return {
    send: (call, signal) =>
      withCodes(deps.client, async () => {
        const former = flights.find(call);
        const settled = former && (await settle(deps, former, { call, signal }));
        if (settled) return settled;
        const gas = await tryOut(deps, [call]);
        return waitFor(deps, await outbox.add(call, gas), { call, signal });
      }),
  };
}

interface Waiting {
  call: StepCall;
  signal: AbortSignal;
}

async function withCodes<T>(client: Client, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    throw chainErrorOf(error, client);
  }
}

/** Takes a transaction up again whose end is not known; undefined where it will never do what it should. */
async function settle(deps: SenderDeps, former: Flight, waiting: Waiting): Promise<SentStep | undefined> {
  await former.remind(deps);
  try {
    return await waitFor(deps, former, waiting);
  } catch (error) {
    if (isParityError(error, "NONCE_CONFLICT", "TRANSACTION_REVERTED")) return undefined;
    throw error;
  }
}

/** Waits for a step within the patience; the transaction is watched on when the wait ends first. */
async function waitFor({ patience = defaultPatience }: SenderDeps, flight: Flight, { call, signal }: Waiting): Promise<SentStep> {
  const ended = Promise.withResolvers<never>();
  const onAbort = () => ended.reject(signal.reason as Error);
  const { giveUpMs } = patience;
  const timer = setTimeout(
    () => ended.reject(new ParityError("TRANSACTION_TIMED_OUT", `The transaction was not mined within ${giveUpMs} ms.`)),
    giveUpMs,
  );
  signal.addEventListener("abort", onAbort);
  try {
    signal.throwIfAborted();
    return await Promise.race([flight.outcomeOf(call.taskId), ended.promise]);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", onAbort);
  }
}
