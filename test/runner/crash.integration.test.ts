import assert from "node:assert/strict";
import { openCrashLab } from "./crash/lab.ts";
import { runTrial, type Trial } from "./crash/trial.ts";
import { giveLab } from "./support/give-lab.ts";
import type { RunnerLab } from "./support/lab.ts";

/** One of each kind; `npm run test:crash` tries all of them. */
const sample: readonly [what: string, trial: Trial][] = [
  ["once its reservation is sent", { at: "after transaction reserveSlot sent" }],
  ["once its job runs", { at: "after engine POST /containers/*/start job" }],
  ["before its output has a name", { at: "before file outputs/HASH/HASH" }],
  ["once its promise is written", { at: "after journal promises" }],
  ["once its commitment is sent, and loses its journal", { at: "after transaction commitResult sent", losesJournal: true }],
  ["once its claim is sent, and loses its journal", { at: "after transaction claimPayout sent", losesJournal: true }],
];

describe("runner program, killed with SIGKILL", function () {
  this.timeout(600_000);
  let lab: RunnerLab;

  giveLab(openCrashLab, (opened) => {
    lab = opened;
  });

  for (const [what, trial] of sample)
    it(`${what}: takes each step once, keeps its promise, is paid, and leaves nothing behind`, async () => {
      const { isReached, problems } = await runTrial(lab, trial);
      assert.equal(isReached, true, "the runner was not killed");
      assert.deepEqual(problems, []);
    });
});
