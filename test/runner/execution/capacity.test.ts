import assert from "node:assert/strict";
import { defaultLimits } from "@parity-protocol/sdk";
import { Capacity } from "../../../runner/execution/capacity.ts";
import { hash } from "../support/records.ts";

const MIB = 1024 ** 2;
const job = (cpus: number, mebibytes: number) => ({ ...defaultLimits, cpus, memoryBytes: mebibytes * MIB });

describe("capacity", () => {
  const capacityOf = (onRelease = () => {}) => new Capacity({ concurrency: 3, cpus: 4, memoryBytes: 100 * MIB }, onRelease);

  it("never lets jobs have more CPUs, memory or places together than there are", () => {
    const byCpus = capacityOf();
    assert.equal(byCpus.take(hash("01"), job(3, 10)), true);
    assert.equal(byCpus.take(hash("02"), job(2, 10)), false);
    assert.equal(byCpus.take(hash("02"), job(1, 10)), true);

    const byMemory = capacityOf();
    assert.equal(byMemory.take(hash("01"), job(1, 60)), true);
    assert.equal(byMemory.take(hash("02"), job(1, 41)), false);
    assert.equal(byMemory.take(hash("02"), job(1, 40)), true);

    const byPlaces = capacityOf();
    for (const name of ["01", "02", "03"]) assert.equal(byPlaces.take(hash(name), job(1, 1)), true);
    assert.equal(byPlaces.take(hash("04"), job(1, 1)), false);
  });

  it("counts a task once, however often it asks, and tells when a share is given back", () => {
    let released = 0;
    const capacity = capacityOf(() => {
      released += 1;
    });
    assert.equal(capacity.take(hash("01"), job(4, 100)), true);
    assert.equal(capacity.take(hash("01"), job(4, 100)), true);
    capacity.release(hash("01"));
    capacity.release(hash("01"));
    assert.equal(released, 1);
    assert.equal(capacity.take(hash("02"), job(4, 100)), true);
  });
});
