import assert from "node:assert/strict";
import type { Hex } from "@parity-protocol/sdk";
import type { ChainFacts } from "../../../runner/chain/read-facts.ts";
import type { TaskRecord } from "../../../runner/journal/records.ts";
import { createOpenings } from "../../../runner/lifecycle/openings.ts";
import { describeSituation, type SituationParts } from "../../../runner/lifecycle/situation.ts";
import { buildTask, escrow, hash, runnerAddress, submitter } from "../support/records.ts";

const openings = createOpenings({ privateKey: hash("11"), chainId: 31_337, escrow });
const task = buildTask();
const { taskId } = task;
const identity = hash("01");
const [answer, another] = [hash("aa"), hash("bb")];
const sealOf = (outputHash: Hex, payee = submitter) => openings.seal({ taskId, identity, payee, outputHash });
const promiseOf = (outputHash: Hex, payee = submitter) => ({
  identity,
  payee,
  outputHash,
  commitment: sealOf(outputHash, payee).commitment,
});
const outputOf = (outputHash: Hex, isPublished = false) => ({ outputHash, blobs: [], durationMs: 1, isPublished });

function parts(record: Partial<TaskRecord>, facts: Partial<ChainFacts>, change: Partial<SituationParts> = {}): SituationParts {
  const state = {
    bountyWei: 3_000n,
    closesAt: 10_000,
    revealDelaySeconds: 10,
    revealWindowSeconds: 100,
    slots: 3,
    quorum: 2,
    reserved: 1,
    committed: 1,
    leadingVotes: 0,
    flags: 0,
    revealedMask: 0b10,
  };
  return {
    record: { task, ...record },
    facts: { blockNumber: 9n, timestamp: 500, state, ...facts },
    identity,
    runner: runnerAddress,
    payee: submitter,
    now: 500,
    isCloseConfirmed: true,
    verdict: "taken",
    hasCapacity: true,
    isNextInLine: false,
    canPay: true,
    nextBlockAt: 500,
    upload: "none",
    runSeconds: 10,
    marginSeconds: 1,
    claimsMismatches: false,
    ...change,
  };
}

const committed = (outputHash: Hex, payee = submitter) => ({ slot: { number: 1, commitment: sealOf(outputHash, payee).commitment } });

describe("describeSituation", () => {
  it("tells this runner's reserved slot from one that another address of its identity reserved", () => {
    const slotFor = (reservedBy: typeof submitter) =>
      describeSituation(parts({}, { slot: { number: 1, reservedBy } }), openings).situation.slot;
    assert.equal(slotFor(runnerAddress), "reserved");
    assert.equal(slotFor(runnerAddress.toLowerCase() as typeof submitter), "reserved");
    assert.equal(slotFor(submitter), "foreign");
    assert.equal(describeSituation(parts({}, {}), openings).situation.slot, "none");
  });

  it("reads from the mask whether its own slot has revealed", () => {
    const revealedAt = (number: number) =>
      describeSituation(parts({}, { slot: { number, reservedBy: runnerAddress } }), openings).situation.hasRevealed;
    assert.deepEqual([revealedAt(1), revealedAt(2), revealedAt(3)], [false, true, false]);
  });

  it("knows the opening of what it promised, also when it is paid elsewhere since", () => {
    const former = "0x00000000000000000000000000000000000000A1";
    const { situation, opening } = describeSituation(parts({ promised: promiseOf(answer, former) }, committed(answer, former)), openings);
    assert.equal(situation.opening, "known");
    assert.deepEqual(opening, sealOf(answer, former).opening);
  });

  it("knows the opening of an output that it computed again", () => {
    const { situation, opening } = describeSituation(parts({ output: outputOf(answer) }, committed(answer)), openings);
    assert.deepEqual([situation.opening, situation.output, situation.outputHash], ["known", "stored", answer]);
    assert.deepEqual(opening, sealOf(answer).opening);
  });

  it("finds with a lost journal that the decided hash opens its commitment", () => {
    const { situation, opening } = describeSituation(parts({}, { ...committed(answer), decidedHash: answer }), openings);
    assert.deepEqual([situation.opening, situation.output, situation.outputHash], ["known", "absent", answer]);
    assert.equal(opening?.outputHash, answer);
  });

  it("does not know the opening while nothing is known that could open it", () => {
    assert.equal(describeSituation(parts({}, committed(answer)), openings).situation.opening, "unknown");
    assert.equal(describeSituation(parts({}, { ...committed(answer), decidedHash: another }), openings).situation.opening, "unknown");
  });

  it("calls a commitment foreign that nothing of its own opens", () => {
    const { situation, opening } = describeSituation(parts({ promised: promiseOf(another) }, committed(answer)), openings);
    assert.equal(situation.opening, "foreign");
    assert.equal(opening, undefined);
  });

  it("does not take the blobs of another output for those of the promised one", () => {
    const record = { promised: promiseOf(answer), output: outputOf(another) };
    assert.equal(describeSituation(parts(record, committed(answer)), openings).situation.output, "absent");
  });

  it("does not ask for an upload that is under way or done", () => {
    const outputIn = (isPublished: boolean, upload: SituationParts["upload"] = "none") =>
      describeSituation(parts({ output: outputOf(answer, isPublished) }, committed(answer), { upload }), openings).situation.output;
    assert.deepEqual(
      [outputIn(false), outputIn(false, "first-try"), outputIn(false, "begun"), outputIn(true)],
      ["stored", "uploading", "published", "published"],
    );
  });
});

describe("createOpenings", () => {
  it("binds task, identity, payee, output and key: another of any is another commitment", () => {
    const parts = { taskId, identity, payee: submitter, outputHash: answer };
    const other = createOpenings({ privateKey: hash("12"), chainId: 31_337, escrow });
    const commitments = [
      openings.seal(parts),
      openings.seal({ ...parts, taskId: hash("02") }),
      openings.seal({ ...parts, identity: hash("02") }),
      openings.seal({ ...parts, payee: runnerAddress }),
      openings.seal({ ...parts, outputHash: another }),
      other.seal(parts),
    ].map(({ commitment }) => commitment);
    assert.equal(new Set(commitments).size, commitments.length);
  });
});
