import { type Address, withChainErrors } from "@parity-protocol/sdk";
import type { Client } from "viem";
import { getBalance } from "viem/actions";
import { fault, type RunnerLog } from "../telemetry/log.ts";
import type { RunnerMetrics } from "../telemetry/metrics.ts";

/** What a tank needs. */
export interface GasTankDeps {
  client: Client;
  runner: Address;
  /** What a unit of gas may cost now, in wei. */
  priceWei: () => bigint;
  /** What a unit of gas usually costs now, in wei. */
  usualPriceWei: () => bigint;
  /** Gas that the tasks in hand still need, to the end. */
  gasAhead: () => bigint;
  log: RunnerLog;
  metrics: Pick<RunnerMetrics, "gasBalanceWei" | "gasNeededWei" | "isGasShort">;
  /** Hears that there is enough again. */
  onRefilled: () => void;
}

/** Reserve, commit, reveal and claim of one task, with room to spare: together about 250,000 are used. */
export const gasOfTask = 400_000n;
/** What the same steps use as a rule. */
export const usualGasOfTask = 250_000n;

/** How long a reading of the balance counts while there is enough. */
const readEveryMs = 10_000;

/**
 * Watches what is left for gas. A slot that is taken and cannot be paid for to the end is a strike: nothing is reserved that would
 * leave less than the tasks in hand need.
 */
export class GasTank {
  readonly #deps: GasTankDeps;
  #balanceWei: bigint | undefined;
  #readAtMs = Number.NEGATIVE_INFINITY;
  #isShort = false;
  #isKnown = false;

  constructor(deps: GasTankDeps) {
    this.#deps = deps;
  }

  /** What the account holds, in wei, as it was last read. */
  get balanceWei(): bigint | undefined {
    return this.#balanceWei;
  }

  /** What the tasks in hand may still cost, in wei. */
  get neededWei(): bigint {
    return this.#deps.gasAhead() * this.#deps.priceWei();
  }

  /** Whether one more task could be paid for to its end, with all that are in hand. False while the balance is not known. */
  get hasEnough(): boolean {
    return this.#balanceWei !== undefined && this.#balanceWei >= this.oneMoreWei;
  }

  /** What the tasks in hand and one more may cost, in wei. */
  get oneMoreWei(): bigint {
    return (this.#deps.gasAhead() + gasOfTask) * this.#deps.priceWei();
  }

  /** What the steps of one task usually cost, in wei. */
  get usualCostWei(): bigint {
    return usualGasOfTask * this.#deps.usualPriceWei();
  }

  /** Reads the balance if that is due, and compares it with what is needed at the prices of now. A failure leaves what was known. */
  async refresh(): Promise<void> {
    const now = performance.now();
    if (this.#isShort || now - this.#readAtMs >= readEveryMs) {
      this.#readAtMs = now;
      await this.#read();
    }
    if (this.#balanceWei !== undefined) this.#tell();
  }

  async #read(): Promise<void> {
    const { client, runner, log } = this.#deps;
    try {
      this.#balanceWei = await withChainErrors(client, () => getBalance(client, { address: runner }));
    } catch (error) {
      log.debug(fault(error), "Balance could not be read");
    }
  }

  #tell(): void {
    const { metrics, log, onRefilled } = this.#deps;
    const [wasShort, balanceWei] = [this.#isShort, this.#balanceWei ?? 0n];
    this.#isShort = !this.hasEnough;
    metrics.gasBalanceWei.set(Number(balanceWei));
    metrics.gasNeededWei.set(Number(this.neededWei));
    metrics.isGasShort.set(this.#isShort ? 1 : 0);
    const fields = { balanceWei: balanceWei.toString(), neededWei: this.oneMoreWei.toString() };
    if (this.#isShort && !wasShort) log.error(fields, "Reserving stopped: too little is left for gas");
    if (!this.#isShort && wasShort) log.info(fields, "Reserving resumed");
    if (!this.#isShort && (wasShort || !this.#isKnown)) onRefilled();
    this.#isKnown = true;
  }
}
