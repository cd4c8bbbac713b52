import assert from "node:assert/strict";
import { explainTask, loadRunnerConfig, type RunnerStatus, readStatus } from "@parity-protocol/runner";
import { giveLab } from "./support/give-lab.ts";
import { RunnerLab } from "./support/lab.ts";

const { signal } = new AbortController();

describe("runner that is asked how it does", () => {
  let lab: RunnerLab;

  giveLab(
    () => RunnerLab.open(),
    (opened) => {
      lab = opened;
    },
  );

  it("says what it holds while it works, and what it earned when it is done; its journal says so after it stopped", async () => {
    const runner = await lab.start(1, { change: { RUNNER_METRICS_PORT: "0" } });
    const directory = `${lab.directory}/runner-1`;
    const port = runner.metricsPort ?? 0;
    const { taskId } = await lab.post(await lab.upload({ script: "echo held" }), { revealDelaySeconds: 600 });
    await runner.said("Result committed", taskId);
    await runner.saidBecause("reveals-not-open", taskId);
    const held = await readStatus({ directory, metricsPort: port });
    assert.deepEqual([held.source, held.notReady], ["live", []]);
    assert.deepEqual(
      held.tasks.map((task) => [task.taskId, task.slot, task.step, task.shareWei]),
      [[taskId, "committed", "reveals-not-open", "3000000"]],
    );
    assert.equal((await fetch(`http://127.0.0.1:${port}/readyz`)).status, 200);
    assert.match(await (await fetch(`http://127.0.0.1:${port}/metrics`)).text(), /parity_runner_tasks_held\{step="reveals-not-open"\} 1/);

    await lab.passTime(601);
    await runner.said("Task done", taskId);
    let done: RunnerStatus | undefined;
    await lab.until(async () => {
      done = await readStatus({ directory, metricsPort: port });
      return done.today.payouts === 1;
    });
    assert.equal(done?.today.earnedWei, "3000000");
    assert.ok(BigInt(done?.today.gasWei ?? 0) > 0n);
    assert.match(await (await fetch(`http://127.0.0.1:${port}/metrics`)).text(), /parity_runner_earned_wei_total 3000000/);
    await runner.stop();
    const { source, today } = await readStatus({ directory, metricsPort: port });
    assert.deepEqual([source, today.earnedWei], ["journal", "3000000"]);
  });

  it("explains with figures why it would take a task or not, before it was ever started", async () => {
    const { taskId } = await lab.post(await lab.upload({ script: "echo explained" }));
    const explain = (change: Record<string, string> = {}) => explainTask(loadRunnerConfig(lab.environment(2, change)), { taskId, signal });
    const taken = await explain();
    assert.deepEqual(
      taken.findings.filter(({ isMet }) => !isMet),
      [],
    );
    assert.deepEqual([taken.isTaken, taken.phase, taken.freeSlots], [true, "OPEN", 1]);

    const refused = await explain({
      RUNNER_ALLOW_OPEN_TASKS: "false",
      RUNNER_CPU_SECOND_PRICE_WEI: "1000000",
      RUNNER_MAX_TIMEOUT_SECONDS: "5",
    });
    assert.deepEqual(
      refused.findings.flatMap(({ rule, isMet }) => (isMet ? [] : [rule])),
      ["open-task", "not-profitable", "timeout-too-long"],
    );
    assert.equal(refused.isTaken, false);
    assert.match(
      refused.findings.find(({ rule }) => rule === "not-profitable")?.because ?? "",
      /3000000; its gas costs \d+; 20 CPU-seconds/,
    );
  });

  it("explains that a job cannot be read, instead of failing", async () => {
    const { taskId } = await lab.post(`0x${"ab".repeat(32)}`);
    const { findings, isTaken } = await explainTask(loadRunnerConfig(lab.environment(2)), { taskId, signal });
    assert.equal(isTaken, false);
    assert.ok(findings.some(({ rule, isMet }) => rule === "BLOB_NOT_FOUND" && !isMet));
  });
});
