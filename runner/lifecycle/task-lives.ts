import { getTask, type Hex, identityOf, isParityError, type Task } from "@parity-protocol/sdk";
import type { EscrowEvent } from "../chain/escrow-events.ts";
import type { ChainListener } from "../chain/follow-chain.ts";
import { type Head, readHash } from "../chain/head.ts";
import type { Cursor } from "../journal/records.ts";
import { assessTask } from "../policy/assess-task.ts";
import { fault } from "../telemetry/log.ts";
import type { TaskStatus } from "../telemetry/status.ts";
import type { LifeDeps } from "./life-deps.ts";
import { TaskLife } from "./task-life.ts";

/** Posting costs little, and every life looks at the chain now and then: tasks beyond this number are for others. */
const maxLives = 500;

/** So long after something happened to one of its tasks, a runner expects the next thing to happen, and looks more often. */
const eagerForMs = 5_000;
const eagerness = 5;
const cursorEveryMs = 2_000;

/** Holds the lives of all tasks that something is left to do about, and brings them the news of the chain. */
export class TaskLives implements ChainListener {
  readonly #deps: LifeDeps;
  readonly #fromBlock: bigint;
  readonly #lives = new Map<Hex, { life: TaskLife; ended: Promise<void> }>();
  readonly #abort = new AbortController();
  readonly #first = Promise.withResolvers<void>();
  #isStopping = false;
  #head: Head | undefined;
  #readAtMs = performance.now();
  #reorganisations = 0;
  #followedTo = -1n;
  /** Blocks of this runner's transactions that were not followed yet. */
  readonly #minedIn = new Map<bigint, Hex>();
  #faultsInARow = 0;
  #cursorAtMs = Number.NEGATIVE_INFINITY;
  #lastNewsAtMs = Number.NEGATIVE_INFINITY;

  /** @param fromBlock where the search for a task's post begins */
  constructor(deps: LifeDeps, fromBlock: bigint) {
    this.#deps = deps;
    this.#fromBlock = fromBlock;
  }

  get count(): number {
    return this.#lives.size;
  }

  /** How many times blocks were taken back. */
  get reorganisations(): number {
    return this.#reorganisations;
  }

  /** How many tasks were taken. */
  get taken(): number {
    return [...this.#lives.values()].filter(({ life }) => life.isTaken).length;
  }

  /** How long ago the chain was last read, milliseconds. */
  get headAgeMs(): number {
    return performance.now() - this.#readAtMs;
  }

  /** Where each task in hand stands that was looked at. */
  get standings(): TaskStatus[] {
    return [...this.#lives.values()].flatMap(({ life }) => life.standing ?? []);
  }

  get isStopping(): boolean {
    return this.#isStopping;
  }

  /** Gas that the tasks in hand still need, to their ends. */
  get gasAhead(): bigint {
    return [...this.#lives.values()].reduce((sum, { life }) => sum + life.gasAhead, 0n);
  }

  /** The newest block that was followed; undefined until the first. */
  get head(): Head | undefined {
    return this.#head;
  }

  /** How long to wait before the next look at the chain: less than usual while things happen to this runner's tasks. */
  pollMs(usualMs: number): number {
    return performance.now() - this.#lastNewsAtMs < eagerForMs ? Math.max(Math.min(usualMs, 20), usualMs / eagerness) : usualMs;
  }

  /** Ends with the first head. */
  get firstHead(): Promise<void> {
    return this.#first.promise;
  }

  /** Whether the chain could be read at the last attempt. */
  get isFollowing(): boolean {
    return this.#head !== undefined && this.#faultsInARow === 0;
  }

  /** Takes up what the journal says is not done; of itself with the first head, when the clock is right. */
  resume(): void {
    if (this.#isStopping) return;
    for (const { task } of this.#deps.journal.inPlay()) this.#begin(task.taskId);
  }

  /** Makes every life look at its task again. */
  wakeAll(): void {
    for (const { life } of this.#lives.values()) life.wake();
  }

  onHead(head: Head): void {
    const { clock, pace, hasSteadyBlocks, gas, metrics } = this.#deps;
    clock.set(head.nextTimestamp);
    if (hasSteadyBlocks) pace.observe(head);
    void gas.refresh();
    this.#readAtMs = performance.now();
    const isFirst = this.#head === undefined;
    this.#head = head;
    if (isFirst) this.resume();
    this.#first.resolve();
    this.#noteRead();
    metrics.headBlock.set(Number(head.number));
    for (const { life } of this.#lives.values()) life.wakeIfDue();
  }

  async onEvents(events: readonly EscrowEvent[], cursor: Cursor): Promise<void> {
    const { journal } = this.#deps;
    // Before the cursor is recorded: a runner that dies here compares again, or takes up at its start what was done after the cursor.
    await this.#compareMined(cursor);
    const posted = events.flatMap((event) => (event.kind === "posted" ? [event.task] : []));
    const ownIds = new Set(events.flatMap((event) => (this.#isOwn(event) ? [event.taskId] : [])));
    const known = posted.filter((task) => ownIds.has(task.taskId) || this.#isWorthALook(task));
    const knownIds = new Set(known.map(({ taskId }) => taskId));
    const lost = [...ownIds].filter((taskId) => !knownIds.has(taskId) && !journal.find(taskId));
    const found = (await Promise.all(lost.map((taskId) => this.#findPost(taskId)))).flat();
    if (known.length + found.length > 0 || this.#isCursorDue()) journal.recordTasks([...known, ...found], cursor);
    this.#learnIdentities(events);
    this.#recordPayouts(events);
    if (this.#isStopping) return;
    for (const { taskId } of [...known, ...found]) if (journal.isInPlay(taskId)) this.#begin(taskId);
    // A post as well: a reorganisation can bring one back.
    for (const event of events) this.#tell(event.kind === "posted" ? event.task.taskId : event.taskId);
    this.#followedTo = cursor.blockNumber;
  }

  /** Remembers the block of a transaction of this runner's: it may be taken back before the chain is followed to it. */
  noteMined({ blockNumber, blockHash }: { blockNumber: bigint; blockHash: Hex }): void {
    if (blockNumber > this.#followedTo) this.#minedIn.set(blockNumber, blockHash);
  }

  /** To whoever follows the chain, a block that was taken back before it was seen has never been there. */
  async #compareMined({ blockNumber, blockHash }: Cursor): Promise<void> {
    for (const [number, hash] of [...this.#minedIn].filter(([mined]) => mined <= blockNumber)) {
      const followed = number === blockNumber ? blockHash : await readHash(this.#deps.client, number);
      this.#minedIn.delete(number);
      if (followed !== hash) this.onReorganisation(number);
    }
  }

  onReorganisation(fromBlock: bigint): void {
    const { journal, log } = this.#deps;
    this.#reorganisations += 1;
    this.#followedTo = fromBlock - 1n;
    log.warn({ fromBlock: Number(fromBlock) }, "Chain reorganised");
    journal.revive(fromBlock);
    for (const { life } of this.#lives.values()) life.lookAgain();
    this.resume();
  }

  onSameHead(): void {
    this.#readAtMs = performance.now();
    this.#noteRead();
  }

  #noteRead(): void {
    if (this.#faultsInARow > 0) this.#deps.log.info({ faultsInARow: this.#faultsInARow }, "Chain followed again");
    this.#faultsInARow = 0;
  }

  onStaleHead(head: Head): void {
    this.#deps.metrics.staleHeads.inc();
    this.#deps.log.debug({ block: Number(head.number) }, "Endpoint was behind");
  }

  onFault(error: unknown, faultsInARow: number): void {
    this.#faultsInARow = faultsInARow;
    this.#deps.metrics.rpcFaults.inc();
    const fields = { faultsInARow, ...fault(error) };
    if (faultsInARow === 1) this.#deps.log.debug(fields, "Chain could not be read");
    else this.#deps.log.warn(fields, "Chain could not be read");
  }

  /** Finishes or parks what is under way: begins nothing, waits for nothing, and cuts off what still runs at the end of the time. */
  async stop(withinMs: number): Promise<void> {
    this.#isStopping = true;
    this.wakeAll();
    const cutOff = setTimeout(() => {
      this.#abort.abort(new Error("the runner stops"));
      this.wakeAll();
    }, withinMs);
    await Promise.all([...this.#lives.values()].map(({ ended }) => ended));
    clearTimeout(cutOff);
  }

  #begin(taskId: Hex): void {
    if (this.#lives.has(taskId)) return;
    const life = new TaskLife(this.#deps, taskId, { abort: this.#abort.signal, isStopping: () => this.#isStopping });
    const ended = life.live().then(() => {
      this.#lives.delete(taskId);
      this.#deps.metrics.tasksInPlay.set(this.#lives.size);
      // A reorganisation took it up again while it ended.
      if (!this.#isStopping && this.#deps.journal.isInPlay(taskId)) this.#begin(taskId);
    });
    this.#lives.set(taskId, { life, ended });
    this.#deps.metrics.tasksInPlay.set(this.#lives.size);
  }

  /** Blocks without news need not be remembered one by one: what is read again after a crash is known already. */
  #isCursorDue(): boolean {
    const now = performance.now();
    if (now - this.#cursorAtMs < cursorEveryMs) return false;
    this.#cursorAtMs = now;
    return true;
  }

  #tell(taskId: Hex): void {
    const entry = this.#lives.get(taskId);
    if (!entry) return;
    entry.life.wake();
    if (entry.life.isTaken) this.#lastNewsAtMs = performance.now();
  }

  #isOwn(event: EscrowEvent): event is Extract<EscrowEvent, { kind: "slot-taken" }> {
    if (event.kind !== "slot-taken") return false;
    const { runner } = this.#deps;
    if (event.runner) return event.runner.toLowerCase() === runner.toLowerCase();
    return event.identity.toLowerCase() === identityOf(runner);
  }

  /** Posting is cheap: a task that is over, or that the policy refuses by its terms alone, is not even recorded. */
  #isWorthALook(task: Task): boolean {
    const { clock, assessing, runner } = this.#deps;
    const now = clock.now();
    if (task.terms.commitDeadline <= now || this.#lives.size >= maxLives) return false;
    const { bondWei, bountyWei, slots, quorum, revealDelaySeconds, revealWindowSeconds } = task.terms;
    const counts = { reserved: 0, committed: 0, leadingVotes: 0, flags: 0, revealedMask: 0 };
    const closesAt = task.terms.commitDeadline;
    const state = { bountyWei, slots, quorum, revealDelaySeconds, revealWindowSeconds, closesAt, ...counts };
    const unasked = { strikes: 0, bondBalanceWei: bondWei, gasBalanceWei: 0n, gasNeededWei: 0n };
    const reasons = assessTask({ task, state, now, runner, ...unasked }, assessing.rules);
    if (reasons.length > 0) this.#deps.log.debug({ taskId: task.taskId, reasons }, "Task passed over");
    return reasons.length === 0;
  }

  /** The journal was lost: a slot of this runner is in a task whose post it does not know any more. */
  async #findPost(taskId: Hex): Promise<Task[]> {
    const { client, escrow, log } = this.#deps;
    try {
      const task = await getTask(client, { escrow, taskId, fromBlock: this.#fromBlock });
      log.info({ taskId }, "Slot found again");
      return [task];
    } catch (error) {
      // What may pass is tried again with all the events; an endpoint that has forgotten old logs must not stop the rest.
      if (!isParityError(error) || error.isRetryable) throw error;
      log.error({ taskId, ...fault(error) }, "Slot was found, but not its task");
      return [];
    }
  }

  /** Whoever claimed: what a slot of this runner was paid is what it earned. */
  #recordPayouts(events: readonly EscrowEvent[]): void {
    const { journal, metrics } = this.#deps;
    for (const event of events) {
      if (event.kind !== "paid" || journal.find(event.taskId)?.admission?.identity !== event.identity) continue;
      if (journal.recordPayout(event)) metrics.earnedWei.inc(Number(event.shareWei));
    }
  }

  #learnIdentities(events: readonly EscrowEvent[]): void {
    const { journal } = this.#deps;
    for (const event of events)
      if (this.#isOwn(event) && journal.find(event.taskId)?.admission === undefined)
        journal.recordAdmission(event.taskId, { identity: event.identity, proof: "0x" });
  }
}
