import { type Address, type Hex, zeroAddress } from "viem";
import { commitmentOf, identityOf, type Key, type Opening, type Place, type Terms } from "../support/protocol.ts";

/**
 * The protocol once more, written from docs/protocol.md and not from the contract: lists instead of masks, and every broken rule
 * named instead of the first. The fuzz holds the contract against it.
 */

/** A slot, from the moment it is taken to the end of the test. */
export interface ModelSlot {
  identity: Hex;
  runner: Address;
  commitment?: Hex;
  answer?: Hex;
  isSettled: boolean;
}

export interface ModelTask {
  key: Key;
  taskId: Hex;
  terms: Terms;
  slots: ModelSlot[];
  /** The answers in the order of their reveals. */
  answers: Hex[];
  closesAt: number;
  isReclaimed: boolean;
  inflow: bigint;
  outflow: bigint;
}

export type PhaseName = "NONE" | "OPEN" | "DEAD" | "SEALED" | "REVEALING" | "ACCEPTED" | "VOID";

/** An event that the model expects, without the address. */
export interface ExpectedEvent {
  name: string;
  args: Record<string, unknown>;
}

/** What a call should do: either be refused for one of these reasons, or emit, take and pay this. */
export type Outcome = { refusals: string[] } | { events: ExpectedEvent[]; taken: bigint; paid: { to: Address; amount: bigint }[] };

/** Who calls, when, and with what. */
export interface Circumstances {
  caller: Address;
  now: number;
  /** The native value; undefined where the asset is a token. */
  value?: bigint | undefined;
  /** Whether the proof is the one that the gate's list has for the caller. */
  hasProof?: boolean;
}

const maxStrikes = 3;
const terminal: PhaseName[] = ["DEAD", "ACCEPTED", "VOID"];

/** The winner of a task: the answer that q revealed. */
export function winnerOf(task: ModelTask): Hex | undefined {
  return task.answers.find((answer) => votesFor(task, answer) >= task.terms.quorum);
}

/** How many revealed this answer. */
export function votesFor(task: ModelTask, answer: Hex | undefined): number {
  return task.answers.filter((each) => each === answer).length;
}

export const committedOf = (task: ModelTask): ModelSlot[] => task.slots.filter(({ commitment }) => commitment !== undefined);
export const revealedOf = (task: ModelTask): ModelSlot[] => task.slots.filter(({ answer }) => answer !== undefined);

/** Docs, "Task": the phase from the facts and the time. */
export function phaseOf(task: ModelTask | undefined, now: number): PhaseName {
  if (!task) return "NONE";
  const { quorum, revealDelay, revealWindow } = task.terms;
  if (now < task.closesAt) return "OPEN";
  if (committedOf(task).length < quorum) return "DEAD";
  if (now < task.closesAt + revealDelay) return "SEALED";
  const isOver = now >= task.closesAt + revealDelay + revealWindow || revealedOf(task).length === committedOf(task).length;
  if (!isOver) return "REVEALING";
  return winnerOf(task) === undefined ? "VOID" : "ACCEPTED";
}

/** The rules that terms can break. */
export function brokenTerms(terms: Terms, now: number, locationBytes: number): string[] {
  const { slots, quorum, bounty, bond } = terms;
  return [
    ...(slots < 1 || slots > 24 ? ["SlotsOutOfRange"] : []),
    ...(quorum > slots || 2 * quorum <= slots ? ["QuorumOutOfRange"] : []),
    ...(bounty < BigInt(slots) ? ["BountyTooSmall"] : []),
    ...(bond * BigInt(slots) > bounty ? ["BondsExceedBounty"] : []),
    ...(terms.commitDeadline <= now ? ["DeadlineInThePast"] : []),
    ...(terms.revealWindow === 0 ? ["RevealWindowIsZero"] : []),
    ...(locationBytes > 256 ? ["LocationTooLong"] : []),
  ];
}

/** The whole escrow as the protocol has it. */
export class ReferenceModel {
  readonly tasks = new Map<Hex, ModelTask>();
  readonly strikes = new Map<string, number>();
  readonly place: Place;
  /** What the gate's list says, by address. */
  readonly listed: ReadonlyMap<Address, Hex>;

  constructor(place: Place, listed: ReadonlyMap<Address, Hex>) {
    this.place = place;
    this.listed = listed;
  }

  /** What the escrow holds: all inflow less all outflow (I1). */
  get balance(): bigint {
    return [...this.tasks.values()].reduce((sum, { inflow, outflow }) => sum + inflow - outflow, 0n);
  }

  strikesOf(scope: Address, identity: Hex): number {
    return this.strikes.get(`${scope}:${identity}`) ?? 0;
  }

  post(task: Pick<ModelTask, "key" | "taskId" | "terms">, location: string, at: Circumstances): Outcome {
    const { key, taskId, terms } = task;
    const refusals = brokenTerms(terms, at.now, Buffer.byteLength(location));
    if (this.tasks.has(taskId)) refusals.push("TaskAlreadyPosted");
    if (at.value !== undefined && at.value !== terms.bounty) refusals.push("WrongValue");
    if (refusals.length > 0) return { refusals };
    const fresh = { slots: [], answers: [], closesAt: terms.commitDeadline, isReclaimed: false, inflow: terms.bounty, outflow: 0n };
    this.tasks.set(taskId, { ...task, ...fresh });
    const args = { taskId, submitter: key.submitter, jobHash: terms.jobHash, terms, location };
    return { events: [{ name: "TaskPosted", args }], taken: terms.bounty, paid: [] };
  }

  reserve(taskId: Hex, at: Circumstances): Outcome {
    const task = this.tasks.get(taskId);
    const refusals = this.#slotRefusals(task, at);
    const identity = task ? this.#identityOf(task, at) : undefined;
    if (task?.slots.some((slot) => slot.identity === identity)) refusals.push("SlotAlreadyTaken");
    refusals.push(...wrongValue(at, task?.terms.bond ?? 0n));
    if (refusals.length > 0 || !task || !identity) return { refusals };
    task.slots.push({ identity, runner: at.caller, isSettled: false });
    task.inflow += task.terms.bond;
    const args = { taskId, identity, runner: at.caller, slot: task.slots.length };
    return { events: [{ name: "SlotReserved", args }], taken: task.terms.bond, paid: [] };
  }

  commit(taskId: Hex, { identity, commitment }: { identity: Hex; commitment: Hex }, at: Circumstances): Outcome {
    const task = this.tasks.get(taskId);
    const index = task?.slots.findIndex((each) => each.identity === identity) ?? -1;
    const slot = task?.slots[index];
    const refusals = BigInt(commitment) === 0n ? ["CommitmentIsZero"] : [];
    if (slot) {
      if (phaseOf(task, at.now) !== "OPEN") refusals.push("WrongPhase");
      if (slot.commitment) refusals.push("AlreadyCommitted");
      if (slot.runner !== at.caller) refusals.push("WrongReserver");
    } else {
      refusals.push(...this.#slotRefusals(task, at));
      if (task && this.#identityOf(task, at) !== identity) refusals.push("WrongIdentity");
    }
    const bond = slot ? 0n : (task?.terms.bond ?? 0n);
    refusals.push(...wrongValue(at, bond));
    if (refusals.length > 0 || !task) return { refusals };
    if (slot) slot.commitment = commitment;
    else task.slots.push({ identity, runner: at.caller, commitment, isSettled: false });
    task.inflow += bond;
    if (committedOf(task).length === task.terms.slots) task.closesAt = at.now;
    const number = slot ? index + 1 : task.slots.length;
    const args = { taskId, identity, slot: number, commitment };
    return { events: [{ name: "ResultCommitted", args }], taken: bond, paid: [] };
  }

  reveal(taskId: Hex, opening: Opening, at: Circumstances): Outcome {
    const task = this.tasks.get(taskId);
    const slot = task?.slots.find(({ identity }) => identity === opening.identity);
    const refusals = phaseOf(task, at.now) === "REVEALING" ? [] : ["WrongPhase"];
    if (!slot || slot.isSettled) refusals.push("NoSlot");
    else if (!slot.commitment) refusals.push("NotCommitted");
    else if (slot.commitment !== commitmentOf(this.place, taskId, opening)) refusals.push("WrongOpening");
    if (slot?.answer !== undefined) refusals.push("AlreadyRevealed");
    if (refusals.length > 0 || !task || !slot) return { refusals };
    const winnerBefore = winnerOf(task);
    slot.answer = opening.outputHash;
    task.answers.push(opening.outputHash);
    const events: ExpectedEvent[] = [{ name: "ResultRevealed", args: { taskId, ...opening } }];
    const winner = winnerOf(task);
    if (winner !== winnerBefore) events.push({ name: "TaskDecided", args: { taskId, outputHash: winner } });
    return { events, taken: 0n, paid: [] };
  }

  claim(taskId: Hex, opening: Opening, at: Circumstances): Outcome {
    const task = this.tasks.get(taskId);
    const phase = phaseOf(task, at.now);
    const refusals = terminal.includes(phase) ? [] : ["TaskNotClosed"];
    const slot = task?.slots.find(({ identity }) => identity === opening.identity);
    const bondsGoHome = task !== undefined && phase === "DEAD" && committedOf(task).length === 0;
    if (!slot || slot.isSettled) refusals.push("NoSlot");
    else if (!slot.commitment && !bondsGoHome) refusals.push("NotCommitted");
    else if (slot.commitment ? slot.commitment !== commitmentOf(this.place, taskId, opening) : slot.runner !== opening.payee) {
      refusals.push("WrongOpening");
    }
    if (refusals.length > 0 || !task || !slot) return { refusals };
    slot.isSettled = true;
    const winner = winnerOf(task);
    const isMatch = winner !== undefined && slot.answer === winner;
    const share = isMatch ? task.terms.bounty / BigInt(votesFor(task, winner)) : 0n;
    const bond = keepersOf(task, phase).includes(slot) ? task.terms.bond + forfeitsOf(task, phase).part : 0n;
    task.outflow += share + bond;
    const events = [{ name: "PayoutClaimed", args: { taskId, identity: slot.identity, payee: opening.payee, share, bond } }];
    const isFault = (phase === "ACCEPTED" && !isMatch) || (phase === "VOID" && slot.answer === undefined);
    const strikes = isMatch ? this.#clear(task, slot.identity) : isFault ? this.#strike(task, slot.identity) : [];
    return { events: [...events, ...strikes], taken: 0n, paid: [{ to: opening.payee, amount: share + bond }] };
  }

  reclaim(taskId: Hex, at: Circumstances): Outcome {
    const task = this.tasks.get(taskId);
    const phase = phaseOf(task, at.now);
    const refusals = terminal.includes(phase) ? [] : ["TaskNotClosed"];
    if (task?.isReclaimed) refusals.push("AlreadyReclaimed");
    if (refusals.length > 0 || !task) return { refusals };
    task.isReclaimed = true;
    const winner = winnerOf(task);
    const left = winner === undefined ? task.terms.bounty : task.terms.bounty % BigInt(votesFor(task, winner));
    const amount = left + forfeitsOf(task, phase).rest;
    task.outflow += amount;
    const { submitter } = task.key;
    return { events: [{ name: "BountyReclaimed", args: { taskId, submitter, amount } }], taken: 0n, paid: [{ to: submitter, amount }] };
  }

  report(taskId: Hex, identity: Hex, at: Circumstances): Outcome {
    const task = this.tasks.get(taskId);
    const phase = phaseOf(task, at.now);
    const refusals = terminal.includes(phase) ? [] : ["TaskNotClosed"];
    const slot = task?.slots.find((each) => each.identity === identity);
    if (!slot || slot.isSettled) refusals.push("NoSlot");
    else if (task && keepersOf(task, phase).includes(slot)) refusals.push("NotANoShow");
    if (refusals.length > 0 || !task || !slot) return { refusals };
    slot.isSettled = true;
    return { events: this.#strike(task, identity), taken: 0n, paid: [] };
  }

  /** Docs, "Slots": what keeps a runner from taking a slot. */
  #slotRefusals(task: ModelTask | undefined, at: Circumstances): string[] {
    if (!task) return ["WrongPhase"];
    const identity = this.#identityOf(task, at);
    return [
      ...(phaseOf(task, at.now) === "OPEN" ? [] : ["WrongPhase"]),
      ...(task.slots.length >= task.terms.slots ? ["NoFreeSlot"] : []),
      ...(at.caller === task.key.submitter ? ["RunnerIsSubmitter"] : []),
      ...(identity === undefined ? ["RunnerNotAdmitted"] : []),
      ...(identity && this.strikesOf(scopeOf(task), identity) >= maxStrikes ? ["TooManyStrikes"] : []),
    ];
  }

  #identityOf(task: ModelTask, at: Circumstances): Hex | undefined {
    if (task.terms.gate === zeroAddress) return identityOf(at.caller);
    return at.hasProof ? this.listed.get(at.caller) : undefined;
  }

  #strike(task: ModelTask, identity: Hex): ExpectedEvent[] {
    const scope = scopeOf(task);
    const strikes = Math.min(this.strikesOf(scope, identity) + 1, maxStrikes);
    this.strikes.set(`${scope}:${identity}`, strikes);
    return [{ name: "StrikeRecorded", args: { scope, identity, taskId: task.taskId, strikes } }];
  }

  #clear(task: ModelTask, identity: Hex): ExpectedEvent[] {
    const scope = scopeOf(task);
    const strikes = this.strikesOf(scope, identity);
    if (strikes === 0 || strikes >= maxStrikes) return []; // struck out is struck out for good
    this.strikes.set(`${scope}:${identity}`, 0);
    return [{ name: "StrikesCleared", args: { scope, identity, taskId: task.taskId } }];
  }
}

function wrongValue(at: Circumstances, required: bigint): string[] {
  return at.value !== undefined && at.value !== required ? ["WrongValue"] : [];
}

/** Where strikes are counted. */
export function scopeOf(task: ModelTask): Address {
  return task.terms.gate === zeroAddress ? task.key.submitter : task.terms.gate;
}

/** Who gets its bond back. */
export function keepersOf(task: ModelTask, phase: PhaseName): ModelSlot[] {
  if (phase !== "DEAD") return revealedOf(task);
  return committedOf(task).length === 0 ? task.slots : committedOf(task);
}

/** How the bonds of the others are divided: a part for each keeper, and the rest for the submitter. */
export function forfeitsOf(task: ModelTask, phase: PhaseName): { part: bigint; rest: bigint } {
  const keepers = BigInt(keepersOf(task, phase).length);
  const pool = task.terms.bond * (BigInt(task.slots.length) - keepers);
  return keepers === 0n ? { part: 0n, rest: pool } : { part: pool / keepers, rest: pool % keepers };
}
