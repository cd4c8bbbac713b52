import { type Hex, isParityError, type JobSpec, type Opening, openingOfReservation, revealsUntil, zeroAddress } from "@parity-protocol/sdk";
import { gasOfTask } from "../chain/gas-tank.ts";
import type { SentStep } from "../chain/sender.ts";
import type { Admission, TaskRecord } from "../journal/records.ts";
import { askGate } from "../policy/ask-gate.ts";
import type { LifeDeps } from "./life-deps.ts";
import type { Step, Verb, WaitReason } from "./next-step.ts";
import type { KnownSituation } from "./situation.ts";
import { claim } from "./steps/claim.ts";
import { commit } from "./steps/commit.ts";
import { execute } from "./steps/execute.ts";
import { reserve } from "./steps/reserve.ts";
import { reveal } from "./steps/reveal.ts";
import { identityIn, type TaskMemory } from "./task-memory.ts";

/** A step that is taken at once; publishing goes on beside the others. */
export type DirectStep = Exclude<Step, { kind: "wait" | "done" | "publish" }>;
type DirectVerb = Exclude<Verb, "publish">;

/** What a step is taken with. */
export interface StepContext {
  record: TaskRecord;
  known: KnownSituation;
  memory: TaskMemory;
  signal: AbortSignal;
}

const pastTense: Record<DirectVerb, string> = {
  reserve: "Slot reserved",
  execute: "Job executed",
  commit: "Result committed",
  reveal: "Result revealed",
  claim: "Payout claimed",
};

/** After so many refusals in a row a slot is not asked for again. */
const maxRefusals = 3;

/** What became of a step: taken, or why not now. */
export type Taken = "taken" | Extract<WaitReason, "no-capacity" | "gas-short">;
type Told = Readonly<Record<string, unknown>>;

/**
 * Takes a step and tells of it; says where the host has no room for it now, or where it could not be paid for to the end.
 * @throws what the step throws, after drawing from it what it says about the task
 */
export async function takeStep(deps: LifeDeps, step: DirectStep, context: StepContext): Promise<Taken> {
  const startedAtMs = performance.now();
  const verb = step.kind;
  try {
    const fields = step.kind === "execute" ? await executeStep(deps, context) : await sendStep(deps, step, context);
    if (typeof fields === "string") return fields;
    context.memory.refusals = 0;
    tell(deps, verb, { taskId: context.memory.taskId, startedAtMs, fields });
    return "taken";
  } catch (error) {
    deps.metrics.steps.inc({ verb, outcome: "fault" });
    if (!context.signal.aborted) drawConclusions(deps, verb, { ...context, error });
    throw error;
  }
}

function tell(
  { journal, log, metrics }: LifeDeps,
  verb: DirectVerb,
  { taskId, startedAtMs, fields }: { taskId: TaskMemory["taskId"]; startedAtMs: number; fields: Readonly<Record<string, unknown>> },
): void {
  const durationMs = Math.round(performance.now() - startedAtMs);
  metrics.steps.inc({ verb, outcome: "done" });
  metrics.stepSeconds.observe({ verb }, durationMs / 1_000);
  journal.note(taskId, pastTense[verb], fields);
  log.info({ taskId, step: verb, durationMs, ...fields }, pastTense[verb]);
}

function drawConclusions({ journal, capacity, log }: LifeDeps, verb: DirectVerb, context: StepContext & { error: unknown }): void {
  const { memory, error } = context;
  if (verb === "execute") capacity.release(memory.taskId);
  if (!isParityError(error) || error.isRetryable) return;
  memory.refusals += 1;
  if (verb === "execute") {
    journal.recordFailure(memory.taskId, error.code);
    log.warn({ taskId: memory.taskId, code: error.code, message: error.message }, "Job failed for good");
  }
  if (verb === "reserve" && memory.refusals >= maxRefusals) {
    memory.verdict = "refused";
    log.info({ taskId: memory.taskId, code: error.code, message: error.message }, "Slot refused");
  }
}

async function executeStep(deps: LifeDeps, { record, known, memory, signal }: StepContext): Promise<Told | "no-capacity"> {
  const spec = await readySpec(deps, record, { memory, signal });
  if (!deps.capacity.take(memory.taskId, spec.limits)) return "no-capacity";
  const promisedHash = known.situation.outputHash;
  const isChecked = deps.assessing.runsOf(spec) > 1;
  const { jobHash } = record.task.terms;
  const outcome = await execute(deps, { job: { taskId: memory.taskId, spec }, jobHash, promisedHash, isChecked, signal });
  deps.capacity.release(memory.taskId);
  deps.metrics.executionSeconds.observe(outcome.durationMs / 1_000);
  if (outcome.kind === "differs") deps.log.error({ taskId: memory.taskId, code: "OUTPUT_DIFFERS" }, "Job gave another output");
  if (outcome.kind === "unstable") deps.log.error({ taskId: memory.taskId, code: "SELF_CHECK_FAILED" }, "Job gave two outputs");
  if (isChecked && promisedHash === undefined) deps.metrics.selfChecks.inc({ outcome: outcome.kind === "unstable" ? "differs" : "same" });
  return { runMs: Math.round(outcome.durationMs) };
}

/** After a restart the job is fetched again, mostly from the cache. */
async function readySpec(
  deps: LifeDeps,
  { task }: TaskRecord,
  { memory, signal }: { memory: TaskMemory; signal: AbortSignal },
): Promise<JobSpec> {
  if (memory.spec) return memory.spec;
  const { cache, images } = deps.assessing;
  const fetching = { sources: deps.stores.forLocation(task.location), signal };
  const spec = await cache.fetchSpec(task.terms.jobHash, fetching);
  await cache.fetchParts(task.taskId, spec, fetching);
  await images.load(spec.image, task.taskId);
  memory.spec = spec;
  return spec;
}

type SentStepKind = Exclude<DirectStep, { kind: "execute" }>;

async function sendStep(deps: LifeDeps, step: SentStepKind, context: StepContext): Promise<Told | Exclude<Taken, "taken">> {
  if (step.kind === "reserve") {
    // Others may have been counted in since the look.
    if (!deps.gas.hasEnough) return "gas-short";
    if (!beginToPrepare(deps, context.memory)) return "no-capacity";
    context.memory.gasAhead = gasOfTask;
  }
  const { transactionHash, blockNumber, gasUsed } = await sendCall(deps, step, context);
  context.memory.notBefore = blockNumber;
  deps.metrics.gasUsed.inc({ verb: step.kind }, Number(gasUsed));
  return { transactionHash, block: Number(blockNumber), gasUsed: Number(gasUsed) };
}

/** The container is made while the reservation is on its way. */
function beginToPrepare({ capacity, executor }: LifeDeps, { taskId, spec }: TaskMemory): boolean {
  if (!spec || !capacity.take(taskId, spec.limits)) return false;
  executor.prepare({ taskId, spec });
  return true;
}

async function sendCall(deps: LifeDeps, step: SentStepKind, context: StepContext): Promise<SentStep> {
  const { record, known, memory, signal } = context;
  const { task } = record;
  if (step.kind === "commit") return commitStep(deps, step.outputHash, context);
  if (step.kind === "reveal") {
    const deadline = revealsUntil(known.situation.state);
    return reveal(deps, { taskId: memory.taskId, opening: openingOf(deps, context), deadline, signal });
  }
  if (step.kind === "claim") return claim(deps, { task, opening: openingOf(deps, context), signal });
  return reserve(deps, { task, admission: await fullAdmission(deps, context), bondValueWei: bondValueOf(deps, record), signal });
}

async function commitStep(deps: LifeDeps, outputHash: Hex, context: StepContext): Promise<SentStep> {
  const { record, known, memory, signal } = context;
  const { task, promised } = record;
  const takesSlot = known.situation.slot === "none";
  const admission: Admission = takesSlot ? await fullAdmission(deps, context) : { identity: identityIn(memory, deps.runner), proof: "0x" };
  const bondValueWei = takesSlot ? bondValueOf(deps, record) : 0n;
  const deadline = known.situation.state.closesAt;
  return commit(deps, { task, admission, payee: promised?.payee ?? deps.payee, outputHash, bondValueWei, deadline, signal });
}

/** A slot that was only reserved is claimed by the address that reserved it. */
function openingOf({ runner }: LifeDeps, { known, memory }: StepContext): Opening {
  return known.opening ?? openingOfReservation({ identity: identityIn(memory, runner), runner });
}

function bondValueOf({ asset }: LifeDeps, { task }: TaskRecord): bigint {
  return asset === zeroAddress ? task.terms.bondWei : 0n;
}

/** An identity that was learnt from an event comes without the proof that takes a slot. */
async function fullAdmission(deps: LifeDeps, { record, memory, signal }: StepContext): Promise<Admission> {
  const { task } = record;
  if (memory.admission && (memory.admission.proof !== "0x" || task.terms.gate === zeroAddress)) return memory.admission;
  const { client, proofs, cache } = deps.assessing;
  const sources = [cache.folder, ...deps.stores.forLocation(task.location)];
  const asked = await askGate({ client, runner: deps.runner, sources, signal }, task, proofs);
  // Where the gate refuses, the escrow says so in its own words.
  memory.admission = asked ?? { identity: identityIn(memory, deps.runner), proof: "0x" };
  return memory.admission;
}
