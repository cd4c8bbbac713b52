import assert from "node:assert/strict";
import { runWithFaults } from "./faults/run.ts";
import { giveLab } from "./support/give-lab.ts";
import { RunnerLab } from "./support/lab.ts";

describe("three runner programs, while everything around them fails", function () {
  this.timeout(600_000);
  let lab: RunnerLab;

  giveLab(
    () => RunnerLab.open({ anvil: [] }),
    (opened) => {
      lab = opened;
    },
  );

  it("lose nothing in half a minute of it; `npm run test:faults` is the long run", async () => {
    const { tasks, faults, problems } = await runWithFaults(lab, { minutes: 0.5, hasOwnEngine: false, seed: 7 });
    assert.deepEqual(problems, []);
    assert.ok(tasks >= 3 && Object.keys(faults).length >= 5, `${tasks} tasks, ${JSON.stringify(faults)}`);
  });
});
