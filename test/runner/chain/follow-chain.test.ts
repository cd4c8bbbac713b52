import assert from "node:assert/strict";
import { taskIdOf } from "@parity-protocol/sdk";
import { type Client, createClient, toHex } from "viem";
import type { EscrowEvent } from "../../../runner/chain/escrow-events.ts";
import { type ChainListener, followChain } from "../../../runner/chain/follow-chain.ts";
import type { Cursor } from "../../../runner/journal/records.ts";
import { actionsOf, type EscrowChain, startEscrowChain } from "../../support/escrow-chain.ts";
import { faultyTransport } from "../../support/faulty-transport.ts";

/** Notes what it is told, and lets a test wait for it. */
class Notes implements ChainListener {
  readonly told: string[] = [];
  readonly events: EscrowEvent[] = [];
  cursor: Cursor | undefined;
  heads = 0;
  failNext = 0;
  faults = 0;
  staleHeads = 0;
  #changed = Promise.withResolvers<void>();

  async onEvents(events: readonly EscrowEvent[], cursor: Cursor): Promise<void> {
    if (this.failNext-- > 0) throw new Error("the disk is full");
    this.events.push(...events);
    this.told.push(...events.map(({ kind }) => kind));
    this.cursor = cursor;
    this.#ring();
  }

  onReorganisation(): void {
    this.told.push("reorganised");
    this.#ring();
  }

  onHead(): void {
    this.heads += 1;
    this.#ring();
  }

  onStaleHead(): void {
    this.staleHeads += 1;
    this.#ring();
  }

  onFault(): void {
    this.faults += 1;
    this.#ring();
  }

  async until(isTrue: () => boolean): Promise<void> {
    while (!isTrue()) await this.#changed.promise;
  }

  #ring(): void {
    this.#changed.resolve();
    this.#changed = Promise.withResolvers<void>();
  }
}

describe("followChain", () => {
  let chain: EscrowChain;
  const running: { abort: AbortController; ended: Promise<void> }[] = [];

  beforeEach(async () => {
    chain = await startEscrowChain();
  });
  afterEach(async () => {
    for (const { abort, ended } of running.splice(0)) {
      abort.abort();
      await ended;
    }
  });

  function follow(listener: Notes, cursor?: Cursor): void {
    const abort = new AbortController();
    const client: Client = chain.submitter;
    const options = { client, escrow: chain.escrow, chainId: chain.chainId, fromBlock: 0n, pollMs: () => 10, signal: abort.signal };
    running.push({ abort, ended: followChain(cursor ? { ...options, cursor } : options, listener) });
  }

  it("tells of what happened before it began and after, in order and once", async () => {
    const notes = new Notes();
    const { key, taskId } = await chain.post();
    follow(notes);
    await notes.until(() => notes.told.includes("posted"));
    const [runner] = chain.runners;
    assert.ok(runner);
    await actionsOf(chain, { key }).reserve(runner);
    await chain.post();
    await chain.post();
    await notes.until(() => notes.told.filter((kind) => kind === "posted").length === 3);
    assert.deepEqual(notes.told, ["posted", "slot-taken", "posted", "posted"]);
    const [first] = notes.events;
    assert.ok(first?.kind === "posted");
    assert.equal(first.task.taskId, taskId);
    assert.equal(taskIdOf(first.task.key), taskId);
  });

  it("goes on after the cursor that it is given", async () => {
    const before = new Notes();
    await chain.post();
    follow(before);
    await before.until(() => before.told.length === 1);
    const { taskId } = await chain.post();
    await before.until(() => before.told.length === 2);
    const after = new Notes();
    follow(after, before.cursor);
    await after.until(() => after.heads === 1);
    await chain.post();
    await after.until(() => after.events.some((event) => event.kind === "posted" && event.task.taskId !== taskId));
    assert.equal(after.told.includes("reorganised"), false);
    assert.ok(after.told.length < 4, "what lies far enough behind the cursor is not read again");
  });

  it("tells of a reorganisation, also of one that happened while nobody followed, and then of the events that are there now", async () => {
    const notes = new Notes();
    follow(notes);
    await notes.until(() => notes.heads > 0);
    const snapshot = await chain.request({ method: "evm_snapshot" } as never);
    await chain.post();
    await notes.until(() => notes.told.length === 1);
    const cursor = notes.cursor;
    await chain.request({ method: "evm_revert", params: [snapshot] } as never);
    const { taskId } = await chain.post({ bountyWei: 5_000_000n });
    await notes.until(() => notes.events.some((event) => event.kind === "posted" && event.task.taskId === taskId));
    assert.deepEqual(notes.told, ["posted", "reorganised", "posted"]);

    const late = new Notes();
    follow(late, cursor);
    await late.until(() => late.told.includes("posted"));
    assert.deepEqual(late.told, ["reorganised", "posted"]);
  });

  it("takes a head that goes back for an endpoint that is behind, where there are several, and goes on with the next block", async () => {
    const notes = new Notes();
    let isBehind = false;
    const lagging = faultyTransport(chain.request, async (method, params) => {
      if (!isBehind || method !== "eth_getBlockByNumber" || (params as string[])[0] !== "latest") return undefined;
      const latest = Number(await chain.request({ method: "eth_blockNumber" }));
      return chain.request({ method, params: [toHex(latest - 1), false] } as never);
    });
    const abort = new AbortController();
    const client: Client = createClient({ transport: lagging });
    const place = { client, escrow: chain.escrow, chainId: chain.chainId, fromBlock: 0n };
    running.push({ abort, ended: followChain({ ...place, hasSeveralEndpoints: true, pollMs: () => 10, signal: abort.signal }, notes) });
    await notes.until(() => notes.heads === 1);
    await chain.post();
    await notes.until(() => notes.told.length === 1);
    isBehind = true;
    await notes.until(() => notes.staleHeads > 2);
    isBehind = false;
    await chain.post();
    await notes.until(() => notes.told.length === 2);
    assert.deepEqual(notes.told, ["posted", "posted"]);
  });

  it("tells events again when they could not be recorded", async () => {
    const notes = new Notes();
    notes.failNext = 2;
    await chain.post();
    follow(notes);
    await notes.until(() => notes.told.includes("posted"));
    assert.equal(notes.faults, 2);
    assert.deepEqual(notes.told, ["posted"]);
  });
});
