import assert from "node:assert/strict";
import type { Hex } from "@parity-protocol/sdk";
import { giveLab } from "./support/give-lab.ts";
import { fickleScript, RunnerLab } from "./support/lab.ts";
import { openProxy } from "./support/tcp-proxy.ts";

describe("runner, when something fails", () => {
  let lab: RunnerLab;

  giveLab(
    () => RunnerLab.open(),
    (opened) => {
      lab = opened;
    },
  );

  async function countOf(taskId: Hex, ...names: string[]): Promise<number[]> {
    const events = await lab.eventsOf(taskId);
    return names.map((name) => events.filter((event) => event.name === name).length);
  }

  it("goes on with a task after the RPC was gone for a while", async () => {
    const rpc = await openProxy(lab.rpcUrl);
    const runner = await lab.start(1, { change: { RUNNER_RPC_URL: `${rpc.url}/v3/our-api-key` } });
    const { taskId } = await lab.post(await lab.upload({ script: "echo survived" }), { revealDelaySeconds: 30 });
    await runner.said("Result committed", taskId);
    rpc.cut();
    await runner.said("Chain could not be read");
    await lab.passTime(31);
    rpc.mend();
    await runner.said("Chain followed again");
    assert.equal((await runner.said("Task done", taskId)).fields.why, "settled");
    assert.deepEqual(await countOf(taskId, "ResultCommitted", "ResultRevealed", "PayoutClaimed"), [1, 1, 1]);
    assert.equal(JSON.stringify(runner.lines).includes("our-api-key"), false, "the endpoint's credential is in no line");
    await runner.stop();
    await rpc.close();
  });

  it("takes a task once the store that has its job is back", async () => {
    const runner = await lab.start(1);
    const jobHash = await lab.upload({ script: "echo patient" });
    await lab.storeServer.close();
    const { taskId } = await lab.post(jobHash);
    await runner.said("Step failed", taskId);
    assert.deepEqual(await countOf(taskId, "SlotReserved"), [0], "no slot is taken for a job that cannot be fetched");
    await lab.restartStore();
    await runner.said("Task done", taskId);
    assert.deepEqual(await countOf(taskId, "PayoutClaimed"), [1]);
    await runner.stop();
  });

  it("publishes once the store is back, and claims meanwhile", async () => {
    const runner = await lab.start(1);
    const { taskId } = await lab.post(await lab.upload({ script: "echo published" }), { revealDelaySeconds: 30 });
    await runner.said("Result committed", taskId);
    await lab.storeServer.close();
    await lab.passTime(31);
    await runner.said("Payout claimed", taskId);
    await lab.restartStore();
    await runner.said("Output published", taskId);
    await runner.said("Task done", taskId);
    await runner.stop();
  });

  it("seals the same commitment again when a reorganisation takes the first one away", async () => {
    const runner = await lab.start(1);
    const jobHash = await lab.upload({ script: fickleScript });
    const terms = { slots: 2, quorum: 2, revealWindowSeconds: 5, commitDeadline: (await lab.now()) + 600 };
    const { taskId } = await lab.post(jobHash, terms);
    const snapshot = await lab.rpc("evm_snapshot", []);
    await runner.said("Result committed", taskId);
    const [first] = await commitmentsOf(taskId);
    assert.equal(await lab.rpc("evm_revert", [snapshot]), true);
    await runner.said("Chain reorganised");
    await lab.until(async () => (await commitmentsOf(taskId)).length === 1);
    assert.deepEqual(await commitmentsOf(taskId), [first], "a job that gives another output each time was not run again");
    await lab.passTime(601);
    assert.equal((await runner.said("Task done", taskId)).fields.why, "dead");
    await runner.stop();
  });

  it("does not reveal before the close is as many blocks deep as it is told", async () => {
    const runner = await lab.start(1, { change: { RUNNER_CONFIRMATIONS: "5" } });
    const { taskId } = await lab.post(await lab.upload({ script: "echo deep" }));
    await runner.said("Result committed", taskId);
    await lab.mine(4);
    await runner.saidBecause("close-unconfirmed", taskId);
    assert.deepEqual(await countOf(taskId, "ResultRevealed"), [0]);
    await lab.mine(2);
    await runner.said("Task done", taskId);
    const [close, reveal] = await Promise.all(["ResultCommitted", "ResultRevealed"].map((name) => blockOf(taskId, name)));
    assert.ok((reveal ?? 0n) - (close ?? 0n) > 5n, `closed in ${close}, revealed in ${reveal}`);
    await runner.stop();
  });

  it("keeps its slot's bond home in a task in which nobody could commit", async () => {
    const runner = await lab.start(1, { ports: { execute: () => () => Promise.reject(new Error("the host fails")) } });
    const { taskId } = await lab.post(await lab.upload({ script: ":" }), { bondWei: 1_000n });
    await runner.said("Slot reserved", taskId);
    await lab.passTime(601);
    assert.equal((await runner.said("Task done", taskId)).fields.why, "dead");
    assert.deepEqual(await countOf(taskId, "ResultCommitted", "PayoutClaimed"), [0, 1]);
    await runner.stop();
  });

  async function commitmentsOf(taskId: Hex): Promise<Hex[]> {
    return (await lab.eventsOf(taskId)).flatMap((event) => (event.name === "ResultCommitted" ? [event.args.commitment] : []));
  }

  async function blockOf(taskId: Hex, name: string): Promise<bigint | undefined> {
    return (await lab.eventsOf(taskId)).find((event) => event.name === name)?.blockNumber;
  }
});
