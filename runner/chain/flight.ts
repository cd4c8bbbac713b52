import { decodeRevert, type Hex, isParityError, type ParityError } from "@parity-protocol/sdk";
import { taskEscrowAbi } from "@parity-protocol/sdk/contracts";
import { parseEventLogs } from "viem";
import type { StepOfTransaction, UnsettledTransaction } from "../journal/records.ts";
import { broadcast, type MinedTransaction, type MiningDeps, untilMined } from "./until-mined.ts";

/** A step that was mined and did what it should. */
export interface SentStep {
  transactionHash: Hex;
  blockNumber: bigint;
  /** This step's share of the transaction. */
  gasUsed: bigint;
  feeWei: bigint;
}

/** One transaction on its way, in all its versions. It is watched until it is mined, whoever waits for it. */
export class Flight {
  readonly steps: readonly StepOfTransaction[];
  readonly nonce: number;
  readonly #versions: UnsettledTransaction[];
  readonly #mined: Promise<MinedTransaction>;

  /**
   * @param versions at least one; all of one nonce and with the same steps
   * @param isOnItsWay says whether a transaction of this runner with a nonce is on its way
   */
  constructor(
    deps: MiningDeps,
    versions: readonly [UnsettledTransaction, ...UnsettledTransaction[]],
    isOnItsWay: (nonce: number) => boolean,
  ) {
    this.steps = versions[0].steps;
    this.nonce = versions[0].nonce;
    this.#versions = [...versions];
    this.#mined = untilMined(deps, this.#versions, isOnItsWay);
    // Those who wait hear of it; without any, the journal has it.
    this.#mined.catch(() => undefined);
  }

  /** Ends when the transaction is mined or will never be; says whether that is so. */
  get landed(): Promise<boolean> {
    return this.#mined.then(
      () => false,
      (error: unknown) => isParityError(error, "NONCE_CONFLICT"),
    );
  }

  /** Makes sure that the endpoint knows the newest version. */
  async remind(deps: MiningDeps): Promise<void> {
    const newest = this.#versions.at(-1);
    if (newest) await broadcast(deps.client, newest);
  }

  /**
   * Waits until a step of this transaction is mined.
   * @throws the escrow's own code where it skipped the step; TRANSACTION_REVERTED, NONCE_CONFLICT
   */
  async outcomeOf(taskId: Hex): Promise<SentStep> {
    const mined = await this.#mined;
    const refusal = refusalOf(mined, taskId);
    if (refusal) throw refusal;
    const { transactionHash, blockNumber } = mined;
    const share = (whole: bigint) => shareOf(whole, { of: this.steps.length, isFirst: this.steps[0]?.taskId === taskId });
    return { transactionHash, blockNumber, gasUsed: share(mined.gasUsed), feeWei: share(mined.feeWei) };
  }
}

function refusalOf({ logs }: MinedTransaction, taskId: Hex): ParityError | undefined {
  const skipped = parseEventLogs({ abi: taskEscrowAbi, eventName: "StepSkipped", logs: [...logs] });
  const own = skipped.find(({ args }) => args.taskId === taskId);
  return own && decodeRevert(own.args.reason);
}

/** The first step carries what does not divide, so that the sum is right. */
function shareOf(whole: bigint, { of, isFirst }: { of: number; isFirst: boolean }): bigint {
  return whole / BigInt(of) + (isFirst ? whole % BigInt(of) : 0n);
}
