import { ParityError } from "@parity-protocol/sdk";
import type { Client } from "viem";
import { estimateMaxPriorityFeePerGas } from "viem/actions";
import type { Urgency } from "./urgency.ts";

/** What a transaction offers for its gas, in wei. */
export interface Fees {
  maxFeePerGas: bigint;
  maxPriorityFeePerGas: bigint;
}

/** How long a tip is used before the chain is asked again. */
const tipLifetimeMs = 30_000;

const atLeisure = { tipTimes: 1n };

/**
 * Chooses fees: the tip that the chain suggests, or a multiple of it where a deadline is near, and twice the base fee, which is six
 * full blocks of rises.
 */
export class FeePolicy {
  readonly #client: Client;
  readonly #ceiling: bigint | undefined;
  #tip: { wei: bigint; readAtMs: number } | undefined;

  /** @param ceiling the most to pay for a unit of gas, in wei */
  constructor(client: Client, ceiling: bigint | undefined) {
    this.#client = client;
    this.#ceiling = ceiling;
  }

  /** @throws FEE_ABOVE_CEILING when even the base fee is above the ceiling */
  async choose(baseFeePerGasWei: bigint, { tipTimes }: Pick<Urgency, "tipTimes"> = atLeisure): Promise<Fees> {
    const tip = (await this.#readTip()) * tipTimes;
    const wanted = baseFeePerGasWei * 2n + tip;
    const ceiling = this.#ceiling ?? wanted;
    if (baseFeePerGasWei > ceiling)
      throw new ParityError("FEE_ABOVE_CEILING", `The base fee is ${baseFeePerGasWei} wei a unit of gas; the ceiling is ${ceiling}.`);
    const maxFeePerGas = wanted < ceiling ? wanted : ceiling;
    return { maxFeePerGas, maxPriorityFeePerGas: tip < maxFeePerGas ? tip : maxFeePerGas };
  }

  /** What a unit of gas may cost at this base fee, in wei: without asking the chain, and never above the ceiling. */
  expectWei(baseFeePerGasWei: bigint): bigint {
    const wanted = baseFeePerGasWei * 2n + (this.#tip?.wei ?? 0n);
    return this.#ceiling !== undefined && this.#ceiling < wanted ? this.#ceiling : wanted;
  }

  /** What a unit of gas usually costs at this base fee, in wei. */
  likelyWei(baseFeePerGasWei: bigint): bigint {
    return baseFeePerGasWei + (this.#tip?.wei ?? 0n);
  }

  /**
   * Chooses fees for a transaction that takes the place of another: at least an eighth more, which is more than nodes ask for.
   * @throws FEE_ABOVE_CEILING
   */
  async raise(former: Fees, baseFeePerGasWei: bigint, urgency: Pick<Urgency, "tipTimes"> = atLeisure): Promise<Fees> {
    const chosen = await this.choose(baseFeePerGasWei, urgency);
    const raised = {
      maxFeePerGas: larger(chosen.maxFeePerGas, more(former.maxFeePerGas)),
      maxPriorityFeePerGas: larger(chosen.maxPriorityFeePerGas, more(former.maxPriorityFeePerGas)),
    };
    if (this.#ceiling !== undefined && raised.maxFeePerGas > this.#ceiling)
      throw new ParityError(
        "FEE_ABOVE_CEILING",
        `A replacement costs ${raised.maxFeePerGas} wei a unit of gas; the ceiling is ${this.#ceiling}.`,
      );
    return raised;
  }

  async #readTip(): Promise<bigint> {
    const known = this.#tip;
    if (known && performance.now() - known.readAtMs < tipLifetimeMs) return known.wei;
    const wei = await estimateMaxPriorityFeePerGas(this.#client);
    this.#tip = { wei, readAtMs: performance.now() };
    return wei;
  }
}

const more = (wei: bigint): bigint => wei + wei / 8n + 1n;

function larger(a: bigint, b: bigint): bigint {
  if (a < b) return b;
  return a;
}
