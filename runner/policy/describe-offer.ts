import { type Address, getStrikes, type Hex, strikeScopeOf, type Task, type TaskState, zeroAddress } from "@parity-protocol/sdk";
import type { Client } from "viem";
import type { Admission } from "../journal/records.ts";
import type { Funds } from "./bond-funds.ts";
import type { TaskOffer } from "./policy-rules.ts";
import { gasInAsset } from "./profit.ts";

/** What a task is looked at with. */
export interface OfferDeps {
  client: Client;
  escrow: Address;
  /** The escrow's asset; the zero address for the chain's native currency. */
  asset: Address;
  runner: Address;
  now: () => number;
  /** What the steps of all tasks in hand and one more may cost, in wei. */
  gasNeededWei: () => bigint;
  /** What the steps of one task usually cost, in wei. */
  gasCostWei: () => bigint;
  /** What 10^18 wei are worth in the asset, where it is a token and the operator says. */
  nativeInAsset?: bigint;
  /** Whether a job, by its hash, gave two outputs before. */
  gaveTwoOutputs: (jobHash: Hex) => boolean;
  /** How many of a submitter's tasks came to nothing lately. */
  undecidedTasks: (submitter: Address) => number;
}

/** Reads the strikes of the identity that a gate admitted; none where it admits nobody. @throws RPC_UNREACHABLE, RPC_FAILED */
export async function strikesOf(
  { client, escrow }: Pick<OfferDeps, "client" | "escrow">,
  { terms, submitter }: Task,
  admission: Admission | undefined,
): Promise<number> {
  if (!admission) return 0;
  return getStrikes(client, { escrow, scope: strikeScopeOf({ gate: terms.gate, submitter }), identity: admission.identity });
}

/** Puts together what is known about a task before its job is. */
export function describeOffer(
  { asset, runner, now, gasNeededWei, gasCostWei, nativeInAsset, undecidedTasks, gaveTwoOutputs }: OfferDeps,
  { task, state, admission }: { task: Task; state: TaskState; admission: Admission | undefined },
  { funds, strikes }: { funds: Funds; strikes: number },
): TaskOffer {
  const gasCostInAsset = asset === zeroAddress ? gasCostWei() : nativeInAsset && gasInAsset(gasCostWei(), nativeInAsset);
  const nativeBondWei = asset === zeroAddress ? task.terms.bondWei : 0n;
  return {
    ...(gasCostInAsset === undefined ? {} : { gasCostInAsset }),
    undecidedTasks: undecidedTasks(task.submitter),
    gaveTwoOutputs: gaveTwoOutputs(task.terms.jobHash),
    task,
    state,
    now: now(),
    runner,
    strikes,
    isAdmitted: admission !== undefined,
    bondBalanceWei: funds.bondWei,
    gasBalanceWei: funds.nativeWei > nativeBondWei ? funds.nativeWei - nativeBondWei : 0n,
    gasNeededWei: gasNeededWei(),
  };
}
