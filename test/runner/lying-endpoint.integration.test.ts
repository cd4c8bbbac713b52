import assert from "node:assert/strict";
import type { Hex, TaskEvent } from "@parity-protocol/sdk";
import { getTransactionCount } from "viem/actions";
import { giveLab } from "./support/give-lab.ts";
import { RunnerLab } from "./support/lab.ts";
import { type LyingProxy, openLyingProxy } from "./support/lying-proxy.ts";

/** A real chain that is reached in three ways, the first of which lies. */
describe("runner whose first endpoint of three lies", function () {
  this.timeout(120_000);
  let lab: RunnerLab;
  let [first, second, third]: LyingProxy[] = [];

  giveLab(
    () => RunnerLab.open({ anvil: ["--block-time", "1"] }),
    (opened) => {
      lab = opened;
    },
  );
  before(async () => {
    [first, second, third] = [await openLyingProxy(lab.rpcUrl), await openLyingProxy(lab.rpcUrl), await openLyingProxy(lab.rpcUrl)];
    for (const proxy of [first, second, third]) lab.later(() => proxy?.close());
  });
  afterEach(() => first?.lie(undefined));

  const start = (index: number) => {
    const urls = [first, second, third].map((proxy) => proxy?.url).join(" ");
    return lab.start(index, { change: { RUNNER_RPC_URL: urls, RUNNER_METRICS_PORT: "0", RUNNER_CONFIRMATIONS: "1" } });
  };
  const sentBy = (index: number) => getTransactionCount(lab.submitter, { address: lab.addressOf(index), blockTag: "pending" });

  async function eventsOf(taskId: Hex): Promise<TaskEvent["name"][]> {
    return (await lab.eventsOf(taskId)).map(({ name }) => name);
  }

  const settled = ["TaskPosted", "SlotReserved", "ResultCommitted", "ResultRevealed", "TaskDecided", "PayoutClaimed"];

  it("finishes a task while that one answers nonsense to everything, and counts that", async () => {
    first?.lie("nonsense");
    const runner = await start(1);
    const { taskId } = await lab.post(await lab.upload({ script: "echo sense" }));
    assert.equal((await runner.said("Task done", taskId)).fields.why, "settled");
    assert.deepEqual(await eventsOf(taskId), settled);
    const metrics = await (await fetch(`http://127.0.0.1:${runner.metricsPort}/metrics`)).text();
    assert.match(metrics, /parity_runner_rpc_errors_total\{endpoint="http:\/\/127\.0\.0\.1:\d+",kind="nonsense"\} [1-9]/);
    await runner.stop();
  });

  it("keeps the slot that it took, and is paid, though that one says there is no such task and swallows transactions", async () => {
    const runner = await start(2);
    const { taskId } = await lab.post(await lab.upload({ script: "echo kept" }), { bondWei: 1_000n });
    await runner.said("Slot reserved", taskId);
    first?.lie("no-such-task");
    assert.equal((await runner.said("Task done", taskId)).fields.why, "settled");
    assert.deepEqual(await eventsOf(taskId), settled);
    assert.ok((first?.lies() ?? 0) > 0);
    await runner.stop();
  });

  it("tells nothing of its answer and does not give up while others can commit, though that one says that the time for it is over", async () => {
    const runner = await start(3);
    const { taskId } = await lab.post(await lab.upload({ script: "echo hidden" }), { slots: 2, quorum: 2, bondWei: 1_000n });
    await runner.said("Result committed", taskId);
    first?.lie("tomorrow");
    const { fields } = await runner.said("Endpoints disagreed", taskId);
    assert.deepEqual(fields.outvoted, [first?.url]);
    assert.equal(await sentBy(3), 2, "it sent more than its reservation and its commitment");
    const other = await lab.start(4);
    const dones = await Promise.all([runner, other].map((each) => each.said("Task done", taskId)));
    assert.deepEqual(
      dones.map((line) => line.fields.why),
      ["settled", "settled"],
    );
    assert.equal((await eventsOf(taskId)).filter((name) => name === "ResultRevealed").length, 2);
    await Promise.all([runner, other].map((each) => each.stop()));
  });

  it("does not believe that one alone while the others ask to slow down for a moment", async () => {
    const runner = await start(5);
    const { taskId } = await lab.post(await lab.upload({ script: "echo patient" }), { slots: 2, quorum: 2, bondWei: 1_000n });
    await runner.said("Result committed", taskId);
    for (const honest of [second, third]) honest?.refuse(1);
    first?.lie("tomorrow");
    assert.deepEqual((await runner.said("Endpoints disagreed", taskId)).fields.outvoted, [first?.url]);
    assert.ok(
      runner.lines.every(({ fields }) => fields.code !== "TASK_NOT_CLOSED"),
      "it tried to claim for a task that is open",
    );
    assert.equal(await sentBy(5), 2, "it sent more than its reservation and its commitment");
    await runner.stop();
  });
});
