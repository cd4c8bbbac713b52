import assert from "node:assert/strict";
import type { Hex, TaskEvent } from "@parity-protocol/sdk";
import { getBlockNumber } from "viem/actions";
import { giveLab } from "./support/give-lab.ts";
import { fickleScript, type LabRunner, RunnerLab } from "./support/lab.ts";

/** Blocks on top of the close before a reveal. */
const confirmations = 3;
const once = { SlotReserved: 1, ResultCommitted: 1, ResultRevealed: 1, TaskDecided: 1, PayoutClaimed: 1 };

/** On anvil, which can take blocks back and put others in their place. */
describe("runner, when blocks are taken back", function () {
  this.timeout(120_000);
  let lab: RunnerLab;

  giveLab(
    () => RunnerLab.open({ anvil: [] }),
    (opened) => {
      lab = opened;
    },
  );

  const start = (index: number) => lab.start(index, { change: { RUNNER_CONFIRMATIONS: String(confirmations) } });
  /** A job that answers otherwise each time: only what was promised can be sent again. */
  const fickle = () => lab.upload({ script: fickleScript });

  /** Replaces the blocks from the one of a transaction on by others, which hold only the given transactions, in that order. */
  async function takeBackFrom(hash: Hex, kept: readonly Hex[] = []): Promise<void> {
    const { blockNumber } = (await lab.rpc("eth_getTransactionByHash", [hash])) as { blockNumber: Hex };
    const head = await getBlockNumber(lab.submitter, { cacheTime: 0 });
    const depth = Number(head - BigInt(blockNumber)) + 1;
    const raws = await Promise.all(kept.map((other) => lab.rpc("eth_getRawTransactionByHash", [other])));
    // One block for each, so that their order is this one.
    await lab.mine(Math.max(0, raws.length - depth));
    await lab.rpc("anvil_reorg", [Math.max(depth, raws.length), raws.map((raw, i) => [raw, i])]);
  }

  async function eventOf(taskId: Hex, name: TaskEvent["name"], nth = 0): Promise<TaskEvent> {
    const event = (await lab.eventsOf(taskId)).filter((other) => other.name === name)[nth];
    assert.ok(event, `${name} of ${taskId}`);
    return event;
  }

  async function countsOf(taskId: Hex): Promise<Record<string, number>> {
    const counts: Record<string, number> = {};
    for (const { name } of await lab.eventsOf(taskId)) counts[name] = (counts[name] ?? 0) + 1;
    delete counts.TaskPosted;
    return counts;
  }

  const commitmentsOf = async (taskId: Hex) =>
    (await lab.eventsOf(taskId)).flatMap((event) => (event.name === "ResultCommitted" ? [event.args.commitment] : []));

  /** Makes blocks until the runner is done: depth grows, and nothing else makes any. */
  async function mineUntilDone(runner: LabRunner, taskId: Hex): Promise<string> {
    const done = runner.said("Task done", taskId);
    let isDone = false;
    void done.then(() => {
      isDone = true;
    });
    while (!isDone) {
      await lab.mine(1);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    return String((await done).fields.why);
  }

  for (const [what, sentence, name] of [
    ["its reservation", "Slot reserved", "SlotReserved"],
    ["its commitment", "Result committed", "ResultCommitted"],
  ] as const)
    it(`sends ${what} again, with what it promised before, and settles`, async () => {
      const runner = await start(1);
      const { taskId } = await lab.post(await fickle(), { slots: 1 });
      await runner.said(sentence, taskId);
      await runner.said("Job executed", taskId);
      await runner.said("Result committed", taskId);
      const promised = await commitmentsOf(taskId);
      // Whether the runner had read the block before it was taken back, or only its receipt, makes no difference.
      await takeBackFrom((await eventOf(taskId, name)).transactionHash);
      await lab.until(async () => (await commitmentsOf(taskId)).length === 1);
      assert.equal(await mineUntilDone(runner, taskId), "settled");
      assert.deepEqual(await commitmentsOf(taskId), promised);
      const { SlotReserved: _, ...counts } = await countsOf(taskId);
      const { SlotReserved: __, ...expected } = once;
      assert.deepEqual(counts, expected);
      await runner.stop();
    });

  for (const [what, sentence, name] of [
    ["its reveal, and the decision with it", "Result revealed", "ResultRevealed"],
    ["its claim", "Payout claimed", "PayoutClaimed"],
  ] as const)
    it(`sends ${what} again and settles`, async () => {
      const runner = await start(1);
      const { taskId } = await lab.post(await fickle());
      await runner.said("Result committed", taskId);
      await lab.mine(confirmations);
      await runner.said(sentence, taskId);
      await runner.said("Task done", taskId);
      await takeBackFrom((await eventOf(taskId, name)).transactionHash);
      await lab.until(async () => (await countsOf(taskId)).PayoutClaimed === 1);
      assert.deepEqual(await countsOf(taskId), once);
      await runner.stop();
    });

  it("sends its claim again when that is taken back before its block was followed", async () => {
    const runner = await lab.start(1, { change: { RUNNER_CONFIRMATIONS: "0", RUNNER_POLL_MS: "2000" } });
    const { taskId } = await lab.post(await fickle());
    await runner.said("Payout claimed", taskId);
    await takeBackFrom((await eventOf(taskId, "PayoutClaimed")).transactionHash);
    await lab.until(async () => (await countsOf(taskId)).PayoutClaimed === 1);
    assert.equal((await runner.said("Task done", taskId)).fields.why, "settled");
    assert.deepEqual(await countsOf(taskId), once);
    await runner.stop();
  });

  it("sends its claim again when that was taken back while it was stopped, before its block was followed", async () => {
    const patient = { change: { RUNNER_CONFIRMATIONS: "0", RUNNER_POLL_MS: "2000" } };
    const runner = await lab.start(1, patient);
    const { taskId } = await lab.post(await fickle());
    await runner.said("Task done", taskId);
    await runner.stop();
    await takeBackFrom((await eventOf(taskId, "PayoutClaimed")).transactionHash);
    const again = await lab.start(1, patient);
    await lab.until(async () => (await countsOf(taskId)).PayoutClaimed === 1);
    assert.deepEqual(await countsOf(taskId), once);
    await again.stop();
  });

  it("goes on with a task whose post was taken back once it is posted again, in another block", async () => {
    const runner = await start(1);
    const { taskId } = await lab.post(await fickle());
    await runner.said("Slot reserved", taskId);
    await runner.said("Result committed", taskId);
    const { transactionHash } = await eventOf(taskId, "TaskPosted");
    const raw = await lab.rpc("eth_getRawTransactionByHash", [transactionHash]);
    await takeBackFrom(transactionHash);
    await runner.said("Chain reorganised");
    await runner.saidBecause("not-on-chain", taskId);
    await lab.rpc("eth_sendRawTransaction", [raw]);
    await lab.until(async () => (await commitmentsOf(taskId)).length === 1);
    assert.equal(await mineUntilDone(runner, taskId), "settled");
    assert.equal((await countsOf(taskId)).PayoutClaimed, 1);
    await runner.stop();
  });

  it("does not reveal while the other's commitment, which closed the task, can still be taken back", async () => {
    const runners = [await start(1), await start(2)];
    const { taskId } = await lab.post(await lab.upload({ script: "echo agreed" }), { slots: 2, quorum: 2 });
    await Promise.all(runners.map((runner) => runner.said("Result committed", taskId)));
    await lab.mine(confirmations - 1);
    await Promise.all(runners.map((runner) => runner.saidBecause("close-unconfirmed", taskId)));
    await takeBackFrom((await eventOf(taskId, "ResultCommitted", 1)).transactionHash);
    await lab.until(async () => (await commitmentsOf(taskId)).length === 2);
    assert.equal((await countsOf(taskId)).ResultRevealed, undefined);
    const whys = await Promise.all(runners.map((runner) => mineUntilDone(runner, taskId)));
    assert.deepEqual(whys, ["settled", "settled"]);
    const { SlotReserved: _, ...counts } = await countsOf(taskId);
    assert.deepEqual(counts, { ResultCommitted: 2, ResultRevealed: 2, TaskDecided: 1, PayoutClaimed: 2 });
    await Promise.all(runners.map((runner) => runner.stop()));
  });

  it("settles where two commitments come back in the other order", async () => {
    const runners = [await start(1), await start(2)];
    const { taskId } = await lab.post(await lab.upload({ script: "echo either way" }), { slots: 2, quorum: 2 });
    await Promise.all(runners.map((runner) => runner.said("Result committed", taskId)));
    const [first, second] = [await eventOf(taskId, "ResultCommitted", 0), await eventOf(taskId, "ResultCommitted", 1)];
    await takeBackFrom(first.transactionHash, [second.transactionHash, first.transactionHash]);
    await Promise.all(runners.map((runner) => runner.said("Chain reorganised")));
    assert.deepEqual(await commitmentsOf(taskId), [second, first].map(commitmentIn));
    const whys = await Promise.all(runners.map((runner) => mineUntilDone(runner, taskId)));
    assert.deepEqual(whys, ["settled", "settled"]);
    await Promise.all(runners.map((runner) => runner.stop()));
  });

  it("keeps to its answer when even its reveal and its commitment are taken back, deeper than it waited for", async () => {
    const runner = await start(1);
    const { taskId } = await lab.post(await fickle());
    await runner.said("Result committed", taskId);
    const promised = await commitmentsOf(taskId);
    await lab.mine(confirmations);
    await runner.said("Task done", taskId);
    await takeBackFrom((await eventOf(taskId, "ResultCommitted")).transactionHash);
    await lab.until(async () => (await commitmentsOf(taskId)).length === 1);
    await lab.mine(confirmations);
    await lab.until(async () => (await countsOf(taskId)).PayoutClaimed === 1);
    assert.deepEqual(await commitmentsOf(taskId), promised);
    assert.deepEqual(await countsOf(taskId), once);
    await runner.stop();
  });

  function commitmentIn(event: TaskEvent): Hex | undefined {
    return event.name === "ResultCommitted" ? event.args.commitment : undefined;
  }
});
