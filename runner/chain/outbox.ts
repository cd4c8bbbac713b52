import { chainErrorOf, type Hex, isParityError, type ParityError } from "@parity-protocol/sdk";
import { keccak256 } from "viem";
import { estimateGas, sendRawTransaction } from "viem/actions";
import type { UnsettledTransaction } from "../journal/records.ts";
import { readNextNonce } from "./endpoints.ts";
import type { Flight } from "./flight.ts";
import type { Flights } from "./flights.ts";
import { NonceQueue } from "./nonce-queue.ts";
import type { SenderDeps } from "./sender.ts";
import { batchesOf, bondsOf, encodeCalls, type StepCall } from "./step-call.ts";
import { urgencyOfSteps } from "./until-mined.ts";

interface Entry {
  call: StepCall;
  /** What the call alone needs. */
  gas: bigint;
  resolve: (flight: Flight) => void;
  reject: (error: unknown) => void;
}

/** State can change between the trial and the block: a vote that decides, a slot that becomes the last. */
const gasMargin = (gas: bigint): bigint => (gas * 13n) / 10n + 10_000n;

/** Signs and sends calls that were tried out. Calls that are due at once share a transaction; transactions do not wait for each other. */
export class Outbox {
  readonly #deps: SenderDeps;
  readonly #flights: Flights;
  readonly #nonces: NonceQueue;
  #waiting: Entry[] = [];
  #isEmptying = false;

  constructor(deps: SenderDeps, flights: Flights) {
    this.#deps = deps;
    this.#flights = flights;
    const readNext = async () => {
      // An endpoint that does not know of a transaction would give its nonce away a second time.
      await flights.remindAll();
      return readNextNonce(deps.endpoints, deps.account.address);
    };
    this.#nonces = new NonceQueue(readNext, () => deps.reorganisations() + flights.losses);
  }

  /** Sends a call, alone or with others, and returns the transaction that makes it. @throws what signing and sending throw */
  add(call: StepCall, gas: bigint): Promise<Flight> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ call, gas, resolve, reject });
      if (!this.#isEmptying) void this.#empty();
    });
  }

  async #empty(): Promise<void> {
    this.#isEmptying = true;
    // Calls whose trials were answered together come in one after another within this turn.
    await new Promise((resolve) => setImmediate(resolve));
    while (this.#waiting.length > 0) {
      const entries = this.#waiting.splice(0);
      for (const calls of batchesOf(entries.map(({ call }) => call)))
        await this.#dispatch(entries.filter(({ call }) => calls.includes(call)));
    }
    this.#isEmptying = false;
  }

  async #dispatch(entries: readonly Entry[]): Promise<void> {
    try {
      const gas = entries.length === 1 ? (entries[0]?.gas ?? 0n) : await this.#gasOfBatch(entries);
      if (gas === undefined) return await this.#eachAlone(entries);
      const calls = entries.map(({ call }) => call);
      const flight = this.#flights.begin(await this.#nonces.next((nonce) => this.#signAndSend(calls, { nonce, gas: gasMargin(gas) })));
      for (const { resolve } of entries) resolve(flight);
    } catch (error) {
      for (const { reject } of entries) reject(error);
    }
  }

  /** Undefined where the escrow refuses the whole: a payee that takes no money must not hold up the other steps. */
  async #gasOfBatch(entries: readonly Entry[]): Promise<bigint | undefined> {
    const { client } = this.#deps;
    try {
      return await tryOut(
        this.#deps,
        entries.map(({ call }) => call),
      );
    } catch (error) {
      if (isParityError(chainErrorOf(error, client), "RPC_UNREACHABLE", "INSUFFICIENT_FUNDS")) throw error;
      return undefined;
    }
  }

  async #eachAlone(entries: readonly Entry[]): Promise<void> {
    for (const entry of entries) await this.#dispatch([entry]);
  }

  async #signAndSend(calls: readonly StepCall[], terms: { nonce: number; gas: bigint }): Promise<UnsettledTransaction> {
    const { account, chainId, escrow, journal, client, fees, baseFeePerGasWei } = this.#deps;
    const price = await fees.choose(baseFeePerGasWei(), urgencyOfSteps(this.#deps, calls));
    const content = { to: escrow, data: encodeCalls(calls, account.address), value: bondsOf(calls) };
    const raw = await account.signTransaction({ chainId, type: "eip1559", ...content, ...terms, ...price });
    const transaction = { hash: keccak256(raw), nonce: terms.nonce, raw, steps: calls.map(stepOf) };
    journal.recordTransaction(transaction);
    const failure = await sendRawTransaction(client, { serializedTransaction: raw }).then(
      () => undefined,
      (error: unknown) => chainErrorOf(error, client),
    );
    // No answer does not mean that it was not sent: it is looked for, and sent again.
    if (!failure || failure.code === "RPC_UNREACHABLE" || isAlreadyKnown(failure)) return transaction;
    journal.recordOutcome(transaction.hash, "lost");
    throw failure;
  }
}

/** Estimates the gas of calls in one transaction: one that the contract would refuse costs nothing here and its gas on the chain. */
export function tryOut({ client, account, escrow }: SenderDeps, calls: readonly StepCall[]): Promise<bigint> {
  const data = encodeCalls(calls, account.address);
  // The pending block has the time that the transaction would see; the latest one may be older than the phase that it needs.
  return estimateGas(client, { account: account.address, to: escrow, data, value: bondsOf(calls), blockTag: "pending" });
}

function stepOf({ taskId, verb, deadline }: StepCall): { taskId: Hex; verb: string; deadline?: number } {
  return deadline === undefined ? { taskId, verb } : { taskId, verb, deadline };
}

function isAlreadyKnown(failure: ParityError): boolean {
  return /already known|known transaction|already imported|already exists/i.test(failure.message);
}
