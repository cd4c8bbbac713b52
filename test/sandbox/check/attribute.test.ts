import assert from "node:assert/strict";
import { attribute, type Observations } from "../../../sandbox/check/attribute.ts";
import type { Difference } from "../../../sandbox/check/compare-runs.ts";
import type { FactorName } from "../../../sandbox/check/factors.ts";

const at = (...places: string[]): Difference => ({
  places: new Set(places),
  first: { in: "stdout", kind: "text", at: "line 1, column 1", before: "a", after: "b" },
});
const moved = (entries: Partial<Record<FactorName, Difference>>) => new Map(Object.entries(entries)) as unknown as Observations["moved"];
const causes = (entries: Partial<Record<FactorName, Difference>>, more: Partial<Observations> = {}) =>
  attribute({ moved: moved(entries), ...more }).map(({ cause }) => cause);

describe("attribute a difference to its cause", () => {
  it("finds nothing where nothing moved", () => assert.deepEqual(causes({}), []));

  it("calls a date that moves alone a date, and one that moves with the clock's pace a time stamp", () => {
    assert.deepEqual(causes({ date: at("stdout#1") }), ["date"]);
    assert.deepEqual(causes({ date: at("stdout#1"), pace: at("stdout#1") }), ["time-stamp"]);
  });

  it("calls what only the pace moves a duration, also beside a time stamp", () => {
    assert.deepEqual(causes({ pace: at("stdout#2") }), ["duration"]);
    assert.deepEqual(causes({ date: at("stdout#1"), pace: at("stdout#1", "stdout#2") }), ["time-stamp", "duration"]);
  });

  it("does not blame the time zone for a date, but for the rest", () => {
    assert.deepEqual(causes({ date: at("stdout#1"), "time-zone": at("stdout#1") }), ["date"]);
    assert.deepEqual(causes({ "time-zone": at("stdout#1") }), ["time-zone"]);
  });

  it("does not blame the surroundings for a fine clock or an address, which move with everything", () => {
    assert.deepEqual(causes({ date: at("stdout#1"), pace: at("stdout#1"), turns: at("stdout#1"), locale: at("stdout#1") }), ["time-stamp"]);
    assert.deepEqual(causes({ addresses: at("stdout#1"), variables: at("stdout#1") }), ["addresses"]);
  });

  it("names two causes that stand in one word", () => {
    assert.deepEqual(causes({ date: at("stdout#1"), pace: at("stdout#1"), seed: at("stdout#1") }), ["time-stamp", "randomness"]);
  });

  it("calls what differs from run to run, whatever is changed, a race", () => {
    assert.deepEqual(causes({}, { standardRepeat: at("stdout#1") }), ["scheduling"]);
    assert.deepEqual(causes({ seed: at("stdout#1") }, { standardRepeat: at("stdout#1") }), ["randomness"]);
  });

  it("does not let a cause that standard@1 cures explain a difference there", () => {
    assert.deepEqual(causes({ home: at("stdout#1") }, { standardRepeat: at("stdout#2") }), ["home", "scheduling"]);
  });

  it("names the machine where the levels differ and nothing that was changed explains it", () => {
    assert.deepEqual(causes({}, { betweenLevels: at("stdout#1") }), ["machine"]);
    assert.deepEqual(causes({ kernel: at("stdout#1") }, { betweenLevels: at("stdout#1") }), ["kernel"]);
  });

  it("says that nothing is under control where a repeat differs with everything held still", () => {
    assert.deepEqual(causes({ date: at("stdout#1") }, { repeat: at("stdout#1") }), ["uncontrolled"]);
  });

  it("names a combination where no single change moved what all did", () => {
    assert.deepEqual(causes({}, { onlyTogether: at("stdout#1") }), ["combination"]);
  });

  it("names the time limit where only one of two runs was over in time", () => {
    const first = { in: "exit", kind: "exit", at: "the end", before: "exit code 0", after: "timed-out" } as const;
    assert.deepEqual(causes({}, { repeat: { places: new Set(["exit"]), first } }), ["time-limit"]);
  });

  it("names waiting where only virtual time brings an end", () => {
    assert.deepEqual(causes({}, { onlyEndsInVirtualTime: true, betweenLevels: at("exit") }), ["waiting"]);
  });
});
