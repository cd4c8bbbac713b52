import { checkEnvironment } from "@parity-protocol/sandbox";
import { chainErrorOf, isParityError, type JobSpec, type ParityError, type Task, type TaskState } from "@parity-protocol/sdk";
import { BaseError } from "viem";
import type { RunnerStores } from "../execution/blob-sources.ts";
import type { ImageCache } from "../execution/image-cache.ts";
import type { JobCache } from "../execution/job-cache.ts";
import type { Admission } from "../journal/records.ts";
import { askGate, type ProofCache } from "./ask-gate.ts";
import { assessTask, type PolicyRules } from "./assess-task.ts";
import { readFunds } from "./bond-funds.ts";
import { describeOffer, type OfferDeps, strikesOf } from "./describe-offer.ts";

/** What an assessment needs. */
export interface AssessDeps extends OfferDeps {
  stores: RunnerStores;
  cache: JobCache;
  images: ImageCache;
  rules: PolicyRules;
  proofs: ProofCache;
  /** How often a job is run before a commitment. */
  runsOf: (spec: JobSpec) => number;
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
