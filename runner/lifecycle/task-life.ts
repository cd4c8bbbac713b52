import { defaultLimits, type Hex, isParityError, phaseOf } from "@parity-protocol/sdk";
import type { Client } from "viem";
import { readNextTimestamp } from "../chain/head.ts";
import { type ChainFacts, isCloseDeep, readFacts } from "../chain/read-facts.ts";
import type { TaskRecord } from "../journal/records.ts";
import { assess } from "../policy/assess.ts";
import { passingRefusals } from "../policy/policy-rules.ts";
import { fault } from "../telemetry/log.ts";
import type { TaskStatus } from "../telemetry/status.ts";
import { Alarm } from "./alarm.ts";
import { gasAheadOf } from "./gas-ahead.ts";
import type { LifeDeps } from "./life-deps.ts";
import { nextStep, type Step } from "./next-step.ts";
import { Publication } from "./publication.ts";
import { askAround, needsSecondOpinion, type Opinion } from "./second-opinions.ts";
import { describeSituation, type KnownSituation } from "./situation.ts";
import { takeStep } from "./take-step.ts";
import { createTaskMemory, identityIn, type TaskMemory } from "./task-memory.ts";
import { standingOf } from "./task-standing.ts";

/** What ends a life before its task is done. */
export interface LifeSignals {
  /** Ends everything at once. */
  abort: AbortSignal;
  /** Whether nothing new is begun and nothing is waited for: what is under way is finished. */
  isStopping: () => boolean;
}

/** Who is asked about a task, and what time it is by that. */
interface Witness {
  client: Client;
  /** Unix seconds. */
  now: number;
}

/** Even without any event a task is looked at again after this time: events are hints, and hints get lost. */
const longestRestMs = 120_000;
const firstRetryMs = 100;
const longestRetryMs = 30_000;
const disagreementRestMs = 2_000;
const faultsToTurn = 3;
/** A wait that one endpoint is the reason for is checked with the others so often. */
const agreedWaitMs = 15_000;
/** After so many looks at facts that are older than this runner's last transaction, whoever told of that block is not believed. */
const mostLooksBack = 100;
const hostRetrySeconds = 15;
/** Stands for a job that is not known yet: a runner without room for it has no room for any. */
const smallestJob = { ...defaultLimits, cpus: 1, memoryBytes: 16 * 1024 ** 2 };

/** Whether it is for the endpoint to answer for a fault. */
function isOfChain(error: unknown): boolean {
  const aboutTransactions = ["INSUFFICIENT_FUNDS", "NONCE_CONFLICT", "TRANSACTION_REVERTED", "TRANSACTION_TIMED_OUT"] as const;
  return isParityError(error, "RPC_FAILED", "NOT_AN_ESCROW", "NO_CODE_AT_ESCROW", ...aboutTransactions);
}

/** One of several endpoints could keep the close of a task to itself: the reveal window is not spent on waiting for news of it. */
function patienceWith({ task: { terms } }: TaskRecord): number {
  return Math.min(longestRestMs, Math.max(agreedWaitMs, terms.revealWindowSeconds * 250));
}

/**
 * Lives one task: looks at the chain, asks the decision table, takes the step, and looks again. It holds no truth: the chain and the
 * journal do, so that it can end and begin again at any moment.
 */
export class TaskLife {
  readonly taskId: Hex;
  readonly #deps: LifeDeps;
  readonly #signals: LifeSignals;
  readonly #alarm = new Alarm();
  readonly #memory: TaskMemory;
  readonly #publication: Publication;
  #standing: TaskStatus | undefined;
  #faultsInARow = 0;
  #looksBack = 0;
  #agreedAtMs = Number.NEGATIVE_INFINITY;
  #waitsUntil: number | undefined;
  #looksEveryMs = longestRestMs;

  constructor(deps: LifeDeps, taskId: Hex, signals: LifeSignals) {
    this.#deps = deps;
    this.#signals = signals;
    this.taskId = taskId;
    this.#memory = createTaskMemory(taskId);
    this.#publication = new Publication(deps, taskId, { signal: signals.abort, onEnd: () => this.wake() });
  }

  /** Whether the runner took the task, so that it will cost gas. */
  get isTaken(): boolean {
    return this.#memory.spec !== undefined;
  }

  /** Where the task stands; undefined until it was looked at. */
  get standing(): TaskStatus | undefined {
    return this.#standing;
  }

  /** Gas that the task still needs, to its end. */
  get gasAhead(): bigint {
    return this.#memory.gasAhead;
  }

  /** Makes the life look at its task now. */
  wake(): void {
    this.#alarm.wake();
  }

  /** Blocks were taken away: what this runner did in them may not have happened. */
  lookAgain(): void {
    this.#memory.notBefore = 0n;
    this.wake();
  }

  /** Makes the life look at its task if it waits for a time that has come. */
  wakeIfDue(): void {
    if (this.#waitsUntil !== undefined && this.#waitsUntil <= this.#deps.clock.now()) this.wake();
  }

  /** Lives until the task is done or the signals end it. Faults are waited out. */
  async live(): Promise<void> {
    while (!this.#signals.abort.aborted) {
      try {
        if ((await this.#advance()) === "ended") break;
        this.#faultsInARow = 0;
      } catch (error) {
        await this.#afterFault(error);
      }
    }
    await this.#publication.ended();
    this.#deps.capacity.release(this.taskId);
    this.#deps.assessing.cache.release(this.taskId);
    this.#deps.assessing.images.release(this.taskId);
    this.#deps.executor.discard(this.taskId);
  }

  async #advance(): Promise<"ended" | "goes-on"> {
    // What woke the life up is seen by the look that follows.
    this.#alarm.reset();
    const record = this.#deps.journal.find(this.taskId);
    if (!record) return "ended";
    if (record.admission) this.#memory.admission ??= record.admission;
    const facts = await this.#readFacts();
    if (this.#isBehind(facts)) {
      await this.#alarm.rest(firstRetryMs);
      return "goes-on";
    }
    if (this.#deps.endpoints.each.length > 1) this.#looksEveryMs = patienceWith(record);
    const known = await this.#describe(record, facts);
    this.#memory.gasAhead = gasAheadOf(known.situation);
    const step = nextStep(known.situation);
    this.#standing = standingOf(this.taskId, known.situation, step);
    if (this.#isForOthers(step, known, record) && !(await this.#isAgreed({ step, facts, now: known.situation.now }, record)))
      return "goes-on";
    return this.#follow(step, { record, known, atBlock: facts.blockNumber });
  }

  #isBehind({ blockNumber }: ChainFacts): boolean {
    this.#looksBack = blockNumber < this.#memory.notBefore ? this.#looksBack + 1 : 0;
    return this.#looksBack > 0 && this.#looksBack <= mostLooksBack;
  }

  /** Waiting costs nothing but time; of that there is not much where a slot is taken, and one endpoint could hide what is due. */
  #isForOthers(step: Step, { situation: { slot } }: KnownSituation, { admission }: TaskRecord): boolean {
    if (this.#deps.endpoints.each.length < 2) return false;
    const isInHand = slot !== "none" || admission !== undefined;
    return needsSecondOpinion(step) || (step.kind === "wait" && isInHand && performance.now() - this.#agreedAtMs > agreedWaitMs);
  }

  async #follow(step: Step, look: { record: TaskRecord; known: KnownSituation; atBlock: bigint }): Promise<"ended" | "goes-on"> {
    const { record, known, atBlock } = look;
    if (step.kind === "done") return this.#finish(step.why, atBlock);
    if (this.#signals.isStopping() && (step.kind === "wait" || step.kind === "reserve")) return "ended";
    if (step.kind === "wait") await (step.why === "being-assessed" ? this.#assess(record, known) : this.#waitFor(step));
    else if (step.kind === "publish") this.#publication.begin(record, identityIn(this.#memory, this.#deps.runner));
    else {
      const why = await takeStep(this.#deps, step, { record, known, memory: this.#memory, signal: this.#signals.abort });
      if (why !== "taken") await this.#waitFor({ kind: "wait", why });
    }
    return "goes-on";
  }

  /** One endpoint may lie, or live on another fork: what cannot be taken back is asked of all, each by its own time. */
  async #isAgreed(own: Opinion, record: TaskRecord): Promise<boolean> {
    const { endpoints, log, metrics, clock } = this.#deps;
    const { outvoted, agreedNow, ...poll } = await askAround(endpoints, own, async ({ client }) => {
      const facts = await this.#readFacts(client);
      const now = await readNextTimestamp(client, facts.timestamp);
      return { facts, now, step: nextStep((await this.#describe(record, facts, { client, now })).situation) };
    });
    if (poll.isAgreed) {
      this.#agreedAtMs = performance.now();
      return true;
    }
    metrics.rpcDisagreements.inc();
    const labels = outvoted.map(({ label }) => label);
    log.warn({ taskId: this.taskId, step: own.step.kind, ...poll, outvoted: labels }, "Endpoints disagreed");
    for (const endpoint of outvoted) endpoints.outvote(endpoint);
    if (agreedNow !== undefined) clock.set(agreedNow);
    await this.#alarm.rest(outvoted.length > 0 ? firstRetryMs : disagreementRestMs);
    return false;
  }

  async #readFacts(client = this.#deps.client): Promise<ChainFacts> {
    const { escrow, runner, clock } = this.#deps;
    const facts = await readFacts(client, { escrow, taskId: this.taskId, identity: identityIn(this.#memory, runner) });
    // The others are asked what they think, not what time it is.
    if (client === this.#deps.client) clock.atLeast(facts.timestamp);
    return facts;
  }

  async #describe(record: TaskRecord, facts: ChainFacts, by: Witness = this.#ownWitness): Promise<KnownSituation> {
    const { escrow, runner, payee, confirmations, capacity, pace, gas, openings, marginSeconds, claimsMismatches } = this.#deps;
    const { verdict, spec } = this.#memory;
    const { client, now } = by;
    const query = { escrow, taskId: this.taskId, confirmations };
    const isCloseConfirmed = phaseOf(facts.state, now) === "REVEALING" && (await isCloseDeep(client, query));
    const hasCapacity = capacity.hasRoomFor(this.taskId, spec?.limits ?? smallestJob);
    const isUnread = verdict === "pending" && facts.slot === undefined && phaseOf(facts.state, now) === "OPEN";
    const parts = {
      record,
      facts,
      runner,
      payee,
      isCloseConfirmed,
      verdict,
      marginSeconds,
      claimsMismatches,
      identity: identityIn(this.#memory, runner),
      now,
      hasCapacity,
      isNextInLine: isUnread && !hasCapacity && capacity.isNextInLine(this.taskId),
      canPay: gas.hasEnough,
      nextBlockAt: Math.max(now, facts.timestamp + pace.secondsPerBlock),
      upload: this.#publication.isFirstTry ? ("first-try" as const) : this.#publication.hasBegun ? ("begun" as const) : ("none" as const),
      runSeconds: spec ? spec.limits.timeoutSeconds * this.#deps.assessing.runsOf(spec) : 0,
    };
    return describeSituation(parts, openings);
  }

  get #ownWitness(): Witness {
    return { client: this.#deps.client, now: this.#deps.clock.now() };
  }

  async #assess({ task }: TaskRecord, { situation }: KnownSituation): Promise<void> {
    const { assessmentLanes, assessing, journal, log } = this.#deps;
    const assessment = await assessmentLanes.run(() => assess(assessing, { task, state: situation.state, signal: this.#signals.abort }));
    if (assessment.kind === "refused") {
      const mayPass = assessment.reasons.every(({ refusal }) => passingRefusals.includes(refusal));
      // Money comes, and a disk is tidied: the task is looked at again, and the table says how long.
      if (mayPass) return this.#waitFor({ kind: "wait", why: "host-not-ready", until: this.#deps.clock.now() + hostRetrySeconds });
      this.#memory.verdict = "refused";
      const { reasons } = assessment;
      journal.note(this.taskId, "Task refused", { reasons });
      log.info({ taskId: this.taskId, reasons }, "Task refused");
      return;
    }
    this.#memory.verdict = "taken";
    this.#memory.admission = assessment.admission;
    this.#memory.spec = assessment.spec;
    journal.recordAdmission(this.taskId, assessment.admission);
  }

  async #waitFor({ why, until }: Extract<Step, { kind: "wait" }>): Promise<void> {
    const { capacity, clock, log, confirmations } = this.#deps;
    log.debug({ taskId: this.taskId, why, until }, "Task waited");
    if (why === "no-capacity") capacity.wait(this.taskId, this.#memory.spec?.limits ?? smallestJob, () => this.wake());
    this.#waitsUntil = until;
    // Depth grows with blocks that hold no event of the task.
    const restMs = why === "close-unconfirmed" ? 500 * confirmations : until === undefined ? longestRestMs : clock.msUntil(until);
    await this.#alarm.rest(Math.min(this.#looksEveryMs, restMs));
    this.#waitsUntil = undefined;
  }

  async #finish(why: string, atBlock: bigint): Promise<"ended" | "goes-on"> {
    await this.#publication.ended();
    const { journal, log, metrics } = this.#deps;
    journal.recordDone(this.taskId, why, atBlock);
    metrics.tasksDone.inc({ why });
    log.info({ taskId: this.taskId, why }, "Task done");
    return "ended";
  }

  async #afterFault(error: unknown): Promise<void> {
    if (this.#signals.abort.aborted) return;
    this.#faultsInARow += 1;
    // What one endpoint says no to again and again, another one may not.
    if (this.#faultsInARow % faultsToTurn === 0 && isOfChain(error)) this.#deps.endpoints.turn();
    this.#deps.log[this.#faultLevel(error)]({ taskId: this.taskId, faultsInARow: this.#faultsInARow, ...fault(error) }, "Step failed");
    await this.#alarm.rest(Math.min(longestRetryMs, firstRetryMs * 2 ** Math.min(this.#faultsInARow - 1, 9)));
  }

  /** A call that came a moment too early, or just after another one, is refused by its trial: ordinary, the first few times. */
  #faultLevel(error: unknown): "debug" | "warn" | "error" {
    if (isParityError(error, "INSUFFICIENT_FUNDS")) return "error";
    return this.#faultsInARow < 4 ? "debug" : "warn";
  }
}
