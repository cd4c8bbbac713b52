import assert from "node:assert/strict";
import fc from "fast-check";
import { leastTaken } from "../../../sandbox/engine/cpus.ts";

describe("leastTaken", () => {
  it("takes free CPUs before taken ones, in ascending order", () => {
    assert.equal(leastTaken([0, 0, 2], { cpus: 4, count: 2, first: 3 }), "1,3");
    assert.equal(leastTaken([], { cpus: 4, count: 1, first: 2 }), "2");
    assert.equal(leastTaken([0, 1], { cpus: 2, count: 2, first: 1 }), "0,1");
  });

  it("always gives as many different CPUs as asked, all of the machine", () => {
    const machine = fc.integer({ min: 1, max: 64 }).chain((cpus) =>
      fc.record({
        cpus: fc.constant(cpus),
        count: fc.integer({ min: 1, max: cpus }),
        first: fc.nat(cpus - 1),
        taken: fc.array(fc.nat(80), { maxLength: 50 }),
      }),
    );
    fc.assert(
      fc.property(machine, ({ cpus, count, first, taken }) => {
        const chosen = leastTaken(taken, { cpus, count, first }).split(",").map(Number);
        assert.equal(new Set(chosen).size, count);
        assert.ok(chosen.every((cpu) => cpu >= 0 && cpu < cpus));
      }),
    );
  });
});
