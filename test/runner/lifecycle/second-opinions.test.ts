import assert from "node:assert/strict";
import { createClient, custom } from "viem";
import { askAround, needsSecondOpinion, type Opinion } from "../../../runner/lifecycle/second-opinions.ts";

const reveal: Opinion = { step: { kind: "reveal" }, facts: { blockNumber: 100n }, now: 9 };
const waits: Opinion = { step: { kind: "wait", why: "commits-open", until: 9 }, facts: { blockNumber: 100n }, now: 9 };
const dead: Opinion = { step: { kind: "done", why: "dead" }, facts: { blockNumber: 100n }, now: 9 };
const stale: Opinion = { ...waits, facts: { blockNumber: 95n } };

/** What asking endpoints comes to that have these opinions, or none. Those that are limited want to reveal, once they have rested. */
async function ask(opinions: (Opinion | "silent" | "limited")[], { quorum = Math.floor(opinions.length / 2) + 1, own = reveal } = {}) {
  const client = createClient({ transport: custom({ request: async () => null }) });
  const rested = new Set<string>();
  const hasRested = (i: number) => async () => opinions[i] === "limited" && rested.add(String(i)).size > 0;
  const each = opinions.map((_, i) => ({ label: String(i), client, hasRested: hasRested(i) }));
  const { outvoted, ...poll } = await askAround({ each, quorum }, own, async ({ label }) => {
    const opinion = opinions[Number(label)];
    if (opinion === "limited" && rested.has(label)) return reveal;
    if (typeof opinion !== "object") throw new Error("no answer");
    return opinion;
  });
  return { ...poll, outvoted: outvoted.map(({ label }) => Number(label)) };
}

describe("needsSecondOpinion", () => {
  it("asks about what tells an answer, and about a task that is given up", () => {
    const told = [reveal.step, { kind: "publish" }, { kind: "claim" }, dead.step] as const;
    assert.ok(told.every(needsSecondOpinion));
    assert.equal([waits.step, { kind: "reserve" } as const, { kind: "execute" } as const].some(needsSecondOpinion), false);
  });
});

describe("askAround", () => {
  it("agrees when a quorum agrees, whatever the others say", async () => {
    const poll = await ask([reveal, reveal, waits]);
    assert.deepEqual(poll, { isAgreed: true, agreeing: 2, contradicting: 1, abstaining: 0, agreedNow: 9, outvoted: [2] });
  });

  it("does not agree against a contradiction without a quorum", async () => {
    assert.equal((await ask([reveal, waits])).isAgreed, false);
    assert.equal((await ask([waits, waits, reveal])).isAgreed, false);
  });

  it("lets endpoints abstain that are silent or behind, so that one cannot cost a reveal", async () => {
    for (const other of ["silent", stale] as const) {
      const { isAgreed, agreeing, contradicting, abstaining } = await ask([reveal, other]);
      assert.deepEqual({ isAgreed, agreeing, contradicting, abstaining }, { isAgreed: true, agreeing: 1, contradicting: 0, abstaining: 1 });
    }
  });

  it("does not wait for one that is limited where the others are a quorum", async () => {
    const { isAgreed, agreeing, abstaining } = await ask([reveal, "limited", reveal]);
    assert.deepEqual({ isAgreed, agreeing, abstaining }, { isAgreed: true, agreeing: 2, abstaining: 1 });
  });

  it("waits for those that are limited where fewer than a quorum speak without them, or live in the present", async () => {
    const alone = await ask([dead, "limited", "limited"], { own: dead });
    assert.deepEqual([alone.isAgreed, alone.abstaining, alone.outvoted], [false, 0, [0]]);
    const { isAgreed, agreeing, abstaining } = await ask([reveal, stale, "limited"]);
    assert.deepEqual({ isAgreed, agreeing, abstaining }, { isAgreed: true, agreeing: 2, abstaining: 1 });
  });

  it("names those whom a quorum contradicts, also where the first look was at one of them, and says what time it is by the others", async () => {
    const { isAgreed, outvoted, agreedNow } = await ask([dead, { ...waits, now: 5 }, { ...waits, now: 5 }], { own: dead });
    assert.deepEqual({ isAgreed, outvoted, agreedNow }, { isAgreed: false, outvoted: [0], agreedNow: 5 });
    assert.deepEqual((await ask([dead, waits], { own: dead })).outvoted, []);
  });

  it("does not let one that claims to be far ahead make the others look as if they were behind", async () => {
    const ahead = { ...dead, facts: { blockNumber: 10_000n } };
    const { isAgreed, outvoted } = await ask([ahead, waits, waits], { own: ahead });
    assert.deepEqual({ isAgreed, outvoted }, { isAgreed: false, outvoted: [0] });
  });

  it("does not agree when nobody answers", async () => {
    assert.equal((await ask(["silent", "silent"])).isAgreed, false);
  });

  it("keeps apart the reasons for which a task is given up", async () => {
    const unposted: Opinion = { ...dead, step: { kind: "done", why: "never-posted" } };
    assert.equal((await ask([dead], { own: unposted })).isAgreed, false);
  });

  it("counts with a quorum of its own", async () => {
    assert.equal((await ask([reveal, reveal, waits], { quorum: 3 })).isAgreed, false);
    assert.equal((await ask([reveal, waits, waits], { quorum: 1 })).isAgreed, true);
  });
});
