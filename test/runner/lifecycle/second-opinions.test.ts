import assert from "node:assert/strict";
import { createClient, custom } from "viem";
import { askAround, needsSecondOpinion, type Opinion } from "../../../runner/lifecycle/second-opinions.ts";

const reveal: Opinion = { step: { kind: "reveal" }, facts: { blockNumber: 100n } };
const waits: Opinion = { step: { kind: "wait", why: "commits-open", until: 9 }, facts: { blockNumber: 100n } };
const stale: Opinion = { ...waits, facts: { blockNumber: 95n } };

/** What asking endpoints comes to that have these opinions, or none. */
function ask(opinions: (Opinion | "silent")[], quorum = Math.floor(opinions.length / 2) + 1) {
  const client = createClient({ transport: custom({ request: async () => null }) });
  const each = opinions.map((_, i) => ({ label: String(i), client }));
  return askAround({ each, quorum }, reveal, async ({ label }) => {
    const opinion = opinions[Number(label)];
    if (opinion === undefined || opinion === "silent") throw new Error("no answer");
    return opinion;
  });
}

describe("needsSecondOpinion", () => {
  it("asks about what cannot be taken back", () => {
    assert.deepEqual(
      [reveal.step, { kind: "done", why: "never-posted" } as const, waits.step, { kind: "claim" } as const].map(needsSecondOpinion),
      [true, true, false, false],
    );
  });
});

describe("askAround", () => {
  it("agrees when a quorum agrees, whatever the others say", async () => {
    assert.deepEqual(await ask([reveal, reveal, waits]), { isAgreed: true, agreeing: 2, contradicting: 1, abstaining: 0 });
  });

  it("does not agree against a contradiction without a quorum", async () => {
    assert.equal((await ask([reveal, waits])).isAgreed, false);
    assert.equal((await ask([waits, waits, reveal])).isAgreed, false);
  });

  it("lets endpoints abstain that are silent or behind, so that one cannot cost a reveal", async () => {
    assert.deepEqual(await ask([reveal, "silent"]), { isAgreed: true, agreeing: 1, contradicting: 0, abstaining: 1 });
    assert.deepEqual(await ask([reveal, stale]), { isAgreed: true, agreeing: 1, contradicting: 0, abstaining: 1 });
  });

  it("does not agree when nobody answers", async () => {
    assert.equal((await ask(["silent", "silent"])).isAgreed, false);
  });

  it("keeps apart the reasons for which a task is given up", async () => {
    const dead: Opinion = { step: { kind: "done", why: "dead" }, facts: { blockNumber: 100n } };
    const unposted: Opinion = { step: { kind: "done", why: "never-posted" }, facts: { blockNumber: 100n } };
    const client = createClient({ transport: custom({ request: async () => null }) });
    const each = [{ label: "a", client }];
    assert.equal((await askAround({ each, quorum: 1 }, unposted, async () => dead)).isAgreed, false);
  });

  it("counts with a quorum of its own", async () => {
    assert.equal((await ask([reveal, reveal, waits], 3)).isAgreed, false);
    assert.equal((await ask([reveal, waits, waits], 1)).isAgreed, true);
  });
});
