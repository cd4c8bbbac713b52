import assert from "node:assert/strict";
import type { Hex } from "@parity-protocol/sdk";
import { RunnerLab } from "./support/lab.ts";

const boundaries = ["Slot reserved", "Job executed", "Result committed", "Result revealed", "Payout claimed"];

describe("runner program, killed with SIGKILL after every step of one task", function () {
  this.timeout(600_000);
  let lab: RunnerLab;

  before(async () => {
    lab = await RunnerLab.open();
  });
  afterEach(function () {
    return lab.endTest(this);
  });
  after(() => lab.close());

  it("reserves, commits, reveals and claims once each, and publishes what it promised", async () => {
    const runner = await lab.startProgram(1);
    await runner.ready();
    // The job tells its runs apart: a second run must not replace what the first one promised.
    const { taskId } = await lab.post(await lab.upload({ script: "read u < /proc/self/stat; echo $u" }), {
      commitDeadline: (await lab.now()) + 600,
    });
    let current = runner;
    for (const boundary of boundaries) {
      await current.said(boundary, taskId);
      await current.kill("SIGKILL");
      current = await lab.startProgram(1);
    }
    await current.said("Task done", taskId);
    await current.kill("SIGTERM");
    assert.deepEqual(await countsOf(taskId), { SlotReserved: 1, ResultCommitted: 1, ResultRevealed: 1, PayoutClaimed: 1 });
    const { outputHash = "0x" } = await lab.waitForResult(taskId);
    assert.deepEqual(await lab.store.missing([outputHash.slice(2)]), []);
  });

  async function countsOf(taskId: Hex): Promise<Record<string, number>> {
    const names = (await lab.eventsOf(taskId)).map(({ name }) => name);
    return Object.fromEntries(
      ["SlotReserved", "ResultCommitted", "ResultRevealed", "PayoutClaimed"].map((name) => [
        name,
        names.filter((other) => other === name).length,
      ]),
    );
  }
});
