import { checkEnvironment } from "@parity-protocol/sandbox";
import {
  type Address,
  chainErrorOf,
  getStrikes,
  type Hex,
  isParityError,
  type JobSpec,
  type ParityError,
  strikeScopeOf,
  type Task,
  type TaskState,
  zeroAddress,
} from "@parity-protocol/sdk";
import { BaseError, type Client } from "viem";
import type { RunnerStores } from "../execution/blob-sources.ts";
import type { ImageCache } from "../execution/image-cache.ts";
import type { JobCache } from "../execution/job-cache.ts";
import type { Admission } from "../journal/records.ts";
import { askGate, type ProofCache } from "./ask-gate.ts";
import { assessTask, type PolicyRules, type TaskOffer } from "./assess-task.ts";
import { type Funds, readFunds } from "./bond-funds.ts";
import { gasInAsset } from "./profit.ts";

/** What an assessment needs. */
export interface AssessDeps {
  client: Client;
  escrow: Address;
  /** The escrow's asset; the zero address for the chain's native currency. */
  asset: Address;
  runner: Address;
  stores: RunnerStores;
  cache: JobCache;
  images: ImageCache;
  rules: PolicyRules;
  proofs: ProofCache;
  now: () => number;
  /** What the steps of all tasks in hand and one more may cost, in wei. */
  gasNeededWei: () => bigint;
  /** What the steps of one task usually cost, in wei. */
  gasCostWei: () => bigint;
  /** What 10^18 wei are worth in the asset, where it is a token and the operator says. */
  nativeInAsset?: bigint;
  /** How often a job is run before a commitment. */
  runsOf: (spec: JobSpec) => number;
  /** Whether a job, by its hash, gave two outputs before. */
  gaveTwoOutputs: (jobHash: Hex) => boolean;
  /** How many of a submitter's tasks came to nothing lately. */
  undecidedTasks: (submitter: Address) => number;
  /** Bytes that are free on the runner's disk and promised to no job. @throws RUNNER_DIRECTORY_UNUSABLE */
  freeDiskBytes: () => Promise<number>;
  /** Whether this machine can run a job of that level. @throws LEVEL_UNSUPPORTED */
  checkLevel: (spec: JobSpec) => Promise<void>;
}

/** Why a task was refused: the policy's word or the code of an error, and a sentence. */
export interface RefusedBecause {
  refusal: string;
  because: string;
}

/** What an assessment came to. */
export type Assessment = { kind: "taken"; admission: Admission; spec: JobSpec } | { kind: "refused"; reasons: RefusedBecause[] };

/** A store that a stranger names can serve as slowly as it likes; the lane that it keeps busy is needed by others. */
const longestAssessmentMs = 10 * 60_000;

/**
 * Assesses a task before a slot is taken in it: asks the gate, fetches and verifies everything that the job needs, and brings the
 * image into the engine. What makes the task itself worthless is a refusal; what may pass is thrown.
 * @throws retryable codes: of stores, the chain, the engine and the disk
 */
export async function assess(
  deps: AssessDeps,
  { task, state, signal }: { task: Task; state: TaskState; signal: AbortSignal },
): Promise<Assessment> {
  const tooLong = AbortSignal.timeout(longestAssessmentMs);
  try {
    return await assessOnce(deps, { task, state, signal: AbortSignal.any([signal, tooLong]) });
  } catch (error) {
    if (tooLong.aborted && !signal.aborted) return refused("too-slow", `Fetching took longer than ${longestAssessmentMs / 1_000} s.`);
    const failure = error instanceof BaseError ? chainErrorOf(error, deps.client) : error;
    if (!isParityError(failure) || mayPass(failure)) throw failure;
    return refused(failure.code, failure.message);
  }
}

function refused(refusal: string, because: string): Assessment {
  return { kind: "refused", reasons: [{ refusal, because }] };
}

/** A store that serves wrong bytes is not the submitter's fault, and a full disk not the job's. */
function mayPass(failure: ParityError): boolean {
  return failure.isRetryable || isParityError(failure, "BLOB_CORRUPT", "STORE_FULL", "STORE_DISK_FAILED");
}

async function assessOnce(
  deps: AssessDeps,
  { task, state, signal }: { task: Task; state: TaskState; signal: AbortSignal },
): Promise<Assessment> {
  const fetching = { sources: deps.stores.forLocation(task.location), signal };
  const [specBeforeRest, fundsBeforeRest] = [deps.cache.fetchSpec(task.terms.jobHash, fetching), readFunds(deps.client, deps)];
  // Looked at below, after the gate's answer.
  for (const early of [specBeforeRest, fundsBeforeRest]) early.catch(() => undefined);
  const admission = await askGate({ ...deps, sources: fetching.sources, signal }, task, deps.proofs);
  const early = describeOffer(
    deps,
    { task, state, admission },
    { funds: await fundsBeforeRest, strikes: await strikesOf(deps, task, admission) },
  );
  const earlyReasons = assessTask(early, deps.rules);
  if (earlyReasons.length > 0 || !admission) return { kind: "refused", reasons: earlyReasons };
  const spec = await specBeforeRest;
  const reasons = assessTask(
    { ...early, spec, runs: deps.runsOf(spec), now: deps.now(), freeDiskBytes: await deps.freeDiskBytes() },
    deps.rules,
  );
  if (reasons.length > 0) return { kind: "refused", reasons };
  checkEnvironment(spec);
  await deps.checkLevel(spec);
  await deps.cache.fetchParts(task.taskId, spec, fetching);
  await deps.images.load(spec.image, task.taskId);
  return { kind: "taken", admission, spec };
}

async function strikesOf({ client, escrow }: AssessDeps, { terms, submitter }: Task, admission: Admission | undefined): Promise<number> {
  if (!admission) return 0;
  return getStrikes(client, { escrow, scope: strikeScopeOf({ gate: terms.gate, submitter }), identity: admission.identity });
}

function describeOffer(
  { asset, runner, now, gasNeededWei, gasCostWei, nativeInAsset, undecidedTasks, gaveTwoOutputs }: AssessDeps,
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
