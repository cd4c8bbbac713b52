import assert from "node:assert/strict";
import { type Address, type Hex, zeroAddress, zeroHash } from "viem";
import type { Receipt } from "../support/chain.ts";
import { answer, commitmentOf, identityOf, type Opening, type Terms, taskIdOf, termsHashOf } from "../support/protocol.ts";
import { openWorld, type StepsOf, type World } from "../support/world.ts";
import { type Cast, castFor } from "./cast.ts";
import { assertBalances, assertOutcome, assertSlot, assertViews, type Expected } from "./comparison.ts";
import { Random } from "./random.ts";
import {
  type Circumstances,
  committedOf,
  forfeitsOf,
  type ModelTask,
  type Outcome,
  phaseOf,
  ReferenceModel,
  scopeOf,
} from "./reference-model.ts";

export interface FuzzOptions {
  seed: number;
  lifecycles: number;
  asset: "native" | "token";
}

export interface FuzzReport {
  lifecycles: number;
  calls: number;
  /** Every event, error and terminal phase that the run came to, and how often. */
  reached: Map<string, number>;
}

/** A live task with what its runners know: the openings of their commitments. */
interface LiveTask {
  task: ModelTask;
  openings: Map<Hex, Opening>;
  /** How likely a runner answers something else. */
  dissent: number;
}

const liveAtOnce = 4;

/** Plays random lives of tasks against the contract and the reference model, several at once, until so many have ended. */
export async function runLifecycles(options: FuzzOptions): Promise<FuzzReport> {
  const world = await openWorld({ asset: options.asset });
  try {
    return await new Play(world, await castFor(world), options).run();
  } catch (error) {
    if (error instanceof Error) error.message = `seed ${options.seed}, ${options.asset}: ${error.message}`;
    throw error;
  } finally {
    await world.chain.close();
  }
}

class Play {
  readonly world: World;
  readonly cast: Cast;
  readonly options: FuzzOptions;
  readonly random: Random;
  readonly model: ReferenceModel;
  readonly ledger = new Map<Address, bigint>();
  readonly reached = new Map<string, number>();
  live: LiveTask[] = [];
  now = 0;
  calls = 0;
  ended = 0;

  constructor(world: World, cast: Cast, options: FuzzOptions) {
    this.world = world;
    this.cast = cast;
    this.options = options;
    this.random = new Random(options.seed);
    this.model = new ReferenceModel(world.place, cast.listed);
  }

  async run(): Promise<FuzzReport> {
    this.now = await this.world.chain.now();
    for (const address of [
      ...this.cast.submitters,
      ...this.cast.runners,
      ...this.cast.runners.map((runner) => this.cast.favouritePayeeOf(runner)),
    ]) {
      this.ledger.set(address, await this.world.balanceOf(address));
    }
    while (this.ended < this.options.lifecycles) await this.#turn();
    for (const live of this.live.slice()) await this.#end(live);
    await assertBalances(this.world, this.model, this.ledger);
    return { lifecycles: this.ended, calls: this.calls, reached: this.reached };
  }

  async #turn(): Promise<void> {
    if (this.live.length < liveAtOnce) return this.#post();
    const live = this.random.pick(this.live);
    const phase = phaseOf(live.task, this.now);
    if (this.random.chance(phase === "OPEN" ? 0.015 : 0.04)) this.#moveClock(live.task);
    if (this.random.chance(0.04)) return this.#post();
    if (this.random.chance(0.08)) return this.#perform();
    if (this.random.chance(0.1)) return this.#anything(live);
    if (phase === "OPEN") return this.random.chance(0.3) ? this.#reserve(live) : this.#commit(live);
    if (phase === "SEALED") return this.#moveClock(live.task);
    if (phase === "REVEALING") return this.#reveal(live);
    return this.random.chance(0.3) ? this.#end(live) : this.#anything(live);
  }

  /** To a moment at which something changes, or one second before it, or just on. */
  #moveClock(task: ModelTask): void {
    const { revealDelay, revealWindow } = task.terms;
    const reveals = task.closesAt + revealDelay;
    const moments = [task.closesAt, reveals, reveals + revealWindow].flatMap((moment) => [moment - 1, moment]);
    const next = moments.find((moment) => moment > this.now);
    this.now = next !== undefined && this.random.chance(0.8) ? next : this.now + this.random.int(0, 3);
  }

  #anything(live: LiveTask): Promise<void> {
    const actions: (() => Promise<void>)[] = [
      () => this.#reserve(live),
      () => this.#commit(live),
      () => this.#reveal(live),
      () => this.#claim(live),
      () => this.#claim(live),
      () => this.#report(live),
      () => this.#reclaim(live),
    ];
    return this.random.pick(actions)();
  }

  async #post(): Promise<void> {
    const { random, cast } = this;
    const known = this.live.length > 0 && random.chance(0.1) ? random.pick(this.live) : undefined;
    const submitter = known?.task.key.submitter ?? random.pick(cast.submitters);
    const terms = known?.task.terms ?? this.#randomTerms();
    const key = { submitter, termsHash: termsHashOf(this.world.place, terms) };
    const taskId = taskIdOf(key);
    const location = "x".repeat(random.chance(0.05) ? 257 : random.pick([0, 20, 256]));
    const at = this.#at(submitter, terms.bounty);
    const outcome = this.model.post({ key, taskId, terms }, location, at);
    await this.#check(this.#send(at, "postTask", [terms, location]), outcome, at);
    const task = this.model.tasks.get(taskId);
    if (task && "events" in outcome) this.live.push({ task, openings: new Map(), dissent: random.pick([0, 0.1, 0.3, 0.6]) });
  }

  #randomTerms(): Terms {
    const { random, cast } = this;
    const slots = random.chance(0.25) ? random.int(1, 24) : random.int(1, 6);
    const bond = random.chance(0.5) ? 0n : BigInt(random.int(1, 100));
    const terms: Terms = {
      bounty: bond * BigInt(slots) + BigInt(slots + random.int(0, 1000)),
      bond,
      slots,
      quorum: random.int(Math.floor(slots / 2) + 1, slots),
      commitDeadline: this.now + random.int(1, 300),
      revealDelay: random.pick([0, 1, 30]),
      revealWindow: random.pick([1, 40, 100]),
      gate: random.chance(0.4) ? cast.gate : zeroAddress,
      jobHash: answer("job"),
      nonce: BigInt(this.calls),
    };
    if (random.chance(0.9)) return terms;
    const spoils: Partial<Terms>[] = [{ slots: 0 }, { slots: 25 }, { quorum: slots + 1 }, { quorum: slots >> 1 }, { bounty: 0n }];
    spoils.push({ bond: terms.bounty + 1n }, { commitDeadline: this.now - random.int(0, 1) }, { revealWindow: 0 });
    return { ...terms, ...random.pick(spoils) };
  }

  async #reserve(live: LiveTask): Promise<void> {
    const at = this.#at(this.#anyRunner(live), live.task.terms.bond);
    const outcome = this.model.reserve(live.task.taskId, at);
    await this.#check(this.#send(at, "reserveSlot", [live.task.key, this.#proof(at)]), outcome, at);
  }

  async #commit(live: LiveTask): Promise<void> {
    const { task } = live;
    const idle = task.slots.filter(({ commitment }) => !commitment);
    const slot = idle.length > 0 && this.random.chance(0.5) ? this.random.pick(idle) : undefined;
    const caller = slot && this.random.chance(0.9) ? slot.runner : this.#anyRunner(live);
    const at = this.#at(caller, slot?.runner === caller ? 0n : task.terms.bond);
    const identity = slot?.identity ?? this.#identityFor(task, caller);
    const { opening, commitment } = this.#sealFor(live, caller, identity);
    const outcome = this.model.commit(task.taskId, { identity, commitment }, at);
    await this.#check(this.#send(at, "commitResult", [task.key, identity, commitment, this.#proof(at)]), outcome, at);
    if ("events" in outcome) live.openings.set(identity, opening);
  }

  /** An opening and its commitment; or somebody else's commitment, copied; or nothing at all. */
  #sealFor(live: LiveTask, runner: Address, identity: Hex): { opening: Opening; commitment: Hex } {
    const { random } = this;
    const output = random.chance(live.dissent) ? answer(random.pick(["b", "c", `${this.calls}`])) : answer("a");
    const payee = random.chance(0.7) ? this.cast.favouritePayeeOf(runner) : random.pick(this.cast.runners);
    const salt = random.chance(0.1) ? answer("a salt that many share") : answer(`salt ${this.calls}`);
    const opening = { identity, payee, outputHash: output, salt };
    if (random.chance(0.02)) return { opening, commitment: `0x${"00".repeat(31)}` };
    const others = committedOf(live.task).filter((slot) => slot.identity !== identity);
    if (others.length > 0 && random.chance(0.08)) {
      const { commitment, identity: copied } = random.pick(others);
      return { opening: { ...(live.openings.get(copied) ?? opening), identity }, commitment: commitment as Hex };
    }
    return { opening, commitment: commitmentOf(this.world.place, live.task.taskId, opening) };
  }

  async #reveal(live: LiveTask): Promise<void> {
    const opening = this.#anyOpening(live);
    const at = { caller: this.random.pick(this.cast.runners), now: this.now };
    const outcome = this.model.reveal(live.task.taskId, opening, at);
    await this.#check(this.#send(at, "revealResult", [live.task.taskId, opening]), outcome, at);
  }

  async #claim(live: LiveTask, known?: Opening): Promise<void> {
    const opening = known ?? this.#anyOpening(live);
    const at = { caller: this.random.pick(this.cast.runners), now: this.now };
    const outcome = this.model.claim(live.task.taskId, opening, at);
    await this.#check(this.#send(at, "claimPayout", [live.task.key, opening]), outcome, at);
  }

  async #report(live: LiveTask, known?: Hex): Promise<void> {
    const slots = live.task.slots.map(({ identity }) => identity);
    const identity = known ?? (slots.length > 0 && this.random.chance(0.9) ? this.random.pick(slots) : zeroHash);
    const at = { caller: this.random.pick(this.cast.runners), now: this.now };
    const outcome = this.model.report(live.task.taskId, identity, at);
    await this.#check(this.#send(at, "reportNoShow", [live.task.key, identity]), outcome, at);
  }

  async #reclaim(live: LiveTask): Promise<void> {
    const at = { caller: this.random.pick(this.cast.runners), now: this.now };
    const outcome = this.model.reclaim(live.task.taskId, at);
    await this.#check(this.#send(at, "reclaimBounty", [live.task.key]), outcome, at);
  }

  /** A batch of one runner over all live tasks, with stale and foreign steps among them. */
  async #perform(): Promise<void> {
    const { random, model } = this;
    const caller = random.pick(this.cast.runners);
    const [identity, payee] = [identityOf(caller), this.cast.favouritePayeeOf(caller)];
    const steps: StepsOf = { identity, payee, reveals: [], claims: [], commits: [], reservations: [] };
    const hasProof = this.cast.listed.has(caller) && random.chance(0.9);
    const proof = hasProof ? this.cast.proofOf(caller) : "0x";
    const at: Circumstances = { caller, now: this.now, hasProof };
    const todo: { taskId: Hex; live: LiveTask; opening?: Opening; commitment?: Hex }[][] = [[], [], [], []];
    for (const live of random.shuffle([...this.live, ...this.live])) {
      const { taskId, key } = live.task;
      const opening = live.openings.get(identity) ?? { identity, payee, outputHash: answer("a"), salt: zeroHash };
      const { outputHash, salt } = opening;
      const kind = random.int(0, 3);
      if (kind === 0) steps.reveals.push({ taskId, outputHash, salt });
      if (kind === 1) steps.claims.push({ task: key, outputHash, salt });
      if (kind === 3) steps.reservations.push({ task: key, proof });
      if (kind !== 2) todo[kind]?.push({ taskId, live, opening: { ...opening, payee } });
      if (kind !== 2) continue;
      const fresh = { identity, payee, outputHash: answer("a"), salt: answer(`salt ${this.calls}`) };
      const commitment = commitmentOf(this.world.place, taskId, fresh);
      steps.commits.push({ task: key, commitment, proof });
      todo[2]?.push({ taskId, live, opening: fresh, commitment });
    }
    const [events, paid]: [Expected[], { to: Address; amount: bigint }[]] = [[], []];
    let taken = 0n;
    for (const [kind, items] of todo.entries()) {
      for (const { taskId, live, opening, commitment } of items) {
        const outcome =
          kind === 0
            ? model.reveal(taskId, opening as Opening, at)
            : kind === 1
              ? model.claim(taskId, opening as Opening, at)
              : kind === 2
                ? model.commit(taskId, { identity, commitment: commitment as Hex }, at)
                : model.reserve(taskId, at);
        if ("refusals" in outcome) events.push({ name: "StepSkipped", taskId, refusals: outcome.refusals });
        else {
          events.push(...outcome.events);
          paid.push(...outcome.paid);
          taken += outcome.taken;
          if (kind === 2) live.openings.set(identity, opening as Opening);
        }
      }
    }
    const value = taken + BigInt(random.int(0, 5));
    const sent = { ...at, ...(this.options.asset === "native" ? { value } : {}) };
    await this.#check(this.#send(sent, "performSteps", [steps]), { events: events as never, taken, paid }, sent);
  }

  /** Settles all that is left of a task, and checks that nothing stays behind but what nobody can open (I3). */
  async #end(live: LiveTask): Promise<void> {
    const { task } = live;
    const { revealDelay, revealWindow } = task.terms;
    const end = task.closesAt + revealDelay + revealWindow;
    const isClosed = ["DEAD", "VOID", "ACCEPTED"].includes(phaseOf(task, this.now));
    if (!isClosed) this.now = Math.max(this.now, end);
    const phase = phaseOf(task, this.now);
    for (const [i, slot] of this.random.shuffle([...task.slots.entries()])) {
      if (slot.isSettled) continue;
      const home = { identity: slot.identity, payee: slot.runner, outputHash: zeroHash, salt: zeroHash };
      await this.#claim(live, slot.commitment ? live.openings.get(slot.identity) : home);
      if (!slot.isSettled) await this.#report(live, slot.identity);
      await assertSlot(this.world, task, i);
    }
    if (!task.isReclaimed) await this.#reclaim(live);
    const stuck = task.slots.filter(({ isSettled }) => !isSettled).length;
    const residue = BigInt(stuck) * (task.terms.bond + forfeitsOf(task, phase).part);
    assert.equal(task.inflow - task.outflow, residue, "what is left of a drained task");
    assert.ok(stuck === 0 || phase === "DEAD");
    await assertViews(this.world, task, this.now);
    for (const { identity } of task.slots) {
      assert.equal(await this.world.strikesOf(scopeOf(task), identity), this.model.strikesOf(scopeOf(task), identity));
    }
    this.#count(phase);
    this.ended++;
    this.live = this.live.filter((each) => each !== live);
    if (this.ended % 16 === 0) await assertBalances(this.world, this.model, this.ledger);
  }

  #at(caller: Address, value = 0n): Circumstances {
    const sent = this.random.chance(0.03) ? value + 1n : value;
    const hasProof = this.cast.listed.has(caller) && this.random.chance(0.93);
    return { caller, now: this.now, hasProof, ...(this.options.asset === "native" ? { value: sent } : {}) };
  }

  #proof(at: Circumstances): Hex {
    return at.hasProof ? this.cast.proofOf(at.caller) : "0x";
  }

  #anyRunner(live: LiveTask): Address {
    if (this.random.chance(0.03)) return live.task.key.submitter;
    return this.random.pick(this.cast.runners);
  }

  #identityFor(task: ModelTask, runner: Address): Hex {
    if (this.random.chance(0.03)) return answer("somebody else");
    return task.terms.gate === zeroAddress ? identityOf(runner) : (this.cast.listed.get(runner) ?? identityOf(runner));
  }

  /** Mostly somebody's opening that is not revealed yet; sometimes a spoiled one. */
  #anyOpening(live: LiveTask): Opening {
    const { random } = this;
    const all = [...live.openings.values()];
    const unrevealed = live.task.slots
      .filter((slot) => slot.answer === undefined)
      .flatMap((slot) => live.openings.get(slot.identity) ?? []);
    const stranger = { identity: zeroHash, payee: zeroAddress, outputHash: zeroHash, salt: zeroHash };
    const opening = unrevealed.length > 0 && random.chance(0.7) ? random.pick(unrevealed) : random.pick([...all, stranger]);
    if (random.chance(0.93)) return opening;
    return {
      ...opening,
      ...random.pick<Partial<Opening>>([{ salt: zeroHash }, { payee: this.world.bystander }, { outputHash: zeroHash }]),
    };
  }

  async #send(at: Circumstances, fn: string, args: readonly unknown[]): Promise<Receipt> {
    this.calls++;
    await this.world.chain.setNextTime(at.now);
    return this.world.send(at.caller, fn, args, at.value ?? 0n);
  }

  async #check(call: Promise<Receipt>, outcome: Outcome, at: Circumstances): Promise<void> {
    for (const name of await assertOutcome(call, outcome, this.world)) this.#count(name);
    if ("refusals" in outcome) return;
    this.#book(at.caller, -outcome.taken);
    for (const { to, amount } of outcome.paid) this.#book(to, amount);
    assert.equal(await this.world.balanceOf(this.world.escrow), this.model.balance, "what the escrow holds");
  }

  #book(address: Address, change: bigint): void {
    const balance = this.ledger.get(address);
    if (balance !== undefined) this.ledger.set(address, balance + change);
  }

  #count(name: string): void {
    this.reached.set(name, (this.reached.get(name) ?? 0) + 1);
  }
}
