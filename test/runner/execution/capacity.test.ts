import assert from "node:assert/strict";
import { defaultLimits } from "@parity-protocol/sdk";
import { Capacity } from "../../../runner/execution/capacity.ts";
import { hash } from "../support/records.ts";

const MIB = 1024 ** 2;
const job = (cpus: number, mebibytes: number) => ({ ...defaultLimits, cpus, memoryBytes: mebibytes * MIB });

describe("capacity", () => {
  const open = () => new Capacity({ concurrency: 3, cpus: 4, memoryBytes: 100 * MIB });

  it("never lets jobs have more CPUs, memory or places together than there are", () => {
    const byCpus = open();
    assert.equal(byCpus.take(hash("01"), job(3, 10)), true);
    assert.equal(byCpus.take(hash("02"), job(2, 10)), false);
    assert.equal(byCpus.take(hash("02"), job(1, 10)), true);

    const byMemory = open();
    assert.equal(byMemory.take(hash("01"), job(1, 60)), true);
    assert.equal(byMemory.take(hash("02"), job(1, 41)), false);
    assert.equal(byMemory.take(hash("02"), job(1, 40)), true);

    const byPlaces = open();
    for (const name of ["01", "02", "03"]) assert.equal(byPlaces.take(hash(name), job(1, 1)), true);
    assert.equal(byPlaces.take(hash("04"), job(1, 1)), false);
  });

  it("counts a task once, however often it asks", () => {
    const capacity = open();
    assert.equal(capacity.take(hash("01"), job(4, 100)), true);
    assert.equal(capacity.take(hash("01"), job(4, 100)), true);
    capacity.release(hash("01"));
    assert.equal(capacity.take(hash("02"), job(4, 100)), true);
  });

  it("wakes those who wait in their order, once, and only as many as there is room for together", () => {
    const capacity = open();
    const woken: string[] = [];
    const waitAs = (name: string, cpus: number) => capacity.wait(hash(name), job(cpus, 1), () => woken.push(name));
    capacity.take(hash("01"), job(4, 1));
    waitAs("02", 3);
    waitAs("03", 2);
    waitAs("04", 1);
    capacity.release(hash("01"));
    assert.deepEqual(woken, ["02", "04"]);
    capacity.release(hash("02"));
    assert.deepEqual(woken, ["02", "04", "03"]);
    capacity.release(hash("04"));
    assert.deepEqual(woken, ["02", "04", "03"]);
  });

  it("counts as many as run at a time to be next in line, and lets the first that waits follow one that got room or gave up", () => {
    const capacity = open();
    const woken: string[] = [];
    for (const name of ["01", "02", "03", "04", "05"]) capacity.wait(hash(name), job(4, 1), () => woken.push(name));
    const areNext = (...names: string[]) => names.filter((name) => capacity.isNextInLine(hash(name)));
    assert.deepEqual(areNext("01", "02", "03", "04", "05"), ["01", "02", "03"]);
    assert.equal(capacity.take(hash("01"), job(4, 1)), true);
    assert.deepEqual([woken, areNext("02", "03", "04", "05")], [["04"], ["02", "03", "04"]]);
    capacity.release(hash("03"));
    assert.deepEqual(
      [woken, areNext("02", "04", "05")],
      [
        ["04", "05"],
        ["02", "04", "05"],
      ],
    );
  });
});
