import assert from "node:assert/strict";
import {
  claimPayout,
  getCommittee,
  getResult,
  getSlot,
  getStrikes,
  getTask,
  getTaskEvents,
  getTaskState,
  identityOf,
  isReclaimed,
  listTasks,
  openingOfReservation,
  performSteps,
  reclaimBounty,
  reportNoShow,
} from "@parity-protocol/sdk";
import { getBalance } from "viem/actions";
import { actionsOf, type EscrowChain, openingOf, type SendingClient, startEscrowChain } from "../../support/escrow-chain.ts";

const isCode = (code: string) => (error: unknown) => (error as { code?: string }).code === code;

describe("the actions of a task's life", () => {
  let chain: EscrowChain;
  let runners: [SendingClient, SendingClient, SendingClient];

  before(async () => {
    chain = await startEscrowChain();
    runners = chain.runners as typeof runners;
  });

  it("pay those who agree, give a strike to the liar, and return the dust", async () => {
    const { escrow, submitter } = chain;
    const [honest, second, liar] = runners;
    const task = await chain.post({ bondWei: 100n });
    const { reserve, commit, reveal } = actionsOf(chain, task);
    const openings = [openingOf(honest), openingOf(second), openingOf(liar, "2")] as const;

    await reserve(honest);
    assert.equal(
      (await getSlot(submitter, { escrow, taskId: task.taskId, identity: openings[0].identity }))?.reservedBy,
      honest.account.address,
    );
    await commit(honest, openings[0]);
    await commit(second, openings[1]);
    await commit(liar, openings[2]);
    await assert.rejects(claimPayout(honest, { escrow, task: task.key, opening: openings[0] }), isCode("TASK_NOT_CLOSED"));
    for (const [i, opening] of openings.entries()) await reveal(runners[i] ?? honest, opening);

    assert.deepEqual(await getResult(submitter, { escrow, taskId: task.taskId }), {
      isDecided: true,
      outputHash: openings[0].outputHash,
      matching: 2,
    });
    const payouts = [];
    for (const opening of openings) payouts.push((await claimPayout(submitter, { escrow, task: task.key, opening })).payout);
    assert.deepEqual(payouts, [
      { shareWei: 1_500_000n, bondWei: 100n },
      { shareWei: 1_500_000n, bondWei: 100n },
      { shareWei: 0n, bondWei: 100n },
    ]);
    assert.equal((await reclaimBounty(submitter, { escrow, task: task.key })).amountWei, 1n);
    assert.equal(await getStrikes(submitter, { escrow, scope: submitter.account.address, identity: openings[2].identity }), 1);
    const { state, phase } = await getTaskState(submitter, { escrow, taskId: task.taskId });
    assert.equal(phase, "ACCEPTED");
    assert.equal(isReclaimed(state), true);
    assert.equal(await getBalance(submitter, { address: escrow }), 0n);
    assert.equal(await getSlot(submitter, { escrow, taskId: task.taskId, identity: openings[0].identity }), undefined);
  });

  it("can all be read back from the events", async () => {
    const { escrow, submitter } = chain;
    const [honest, second, noShow] = runners;
    const task = await chain.post();
    const { reserve, commit, reveal } = actionsOf(chain, task);
    await reserve(noShow);
    for (const runner of [honest, second]) await commit(runner, openingOf(runner));
    await chain.mineAt(task.terms.commitDeadline);
    for (const runner of [honest, second]) await reveal(runner, openingOf(runner));
    await claimPayout(honest, { escrow, task: task.key, opening: openingOf(honest) });
    await reportNoShow(submitter, { escrow, task: task.key, identity: identityOf(noShow.account.address) });

    const committee = await getCommittee(submitter, { escrow, taskId: task.taskId });
    const struck = { slot: 1, identity: identityOf(noShow.account.address), runner: noShow.account.address, strikes: 2 };
    assert.deepEqual(committee[0], struck);
    assert.equal(committee[1]?.runner, honest.account.address);
    assert.deepEqual(committee[1]?.opening, openingOf(honest));
    assert.deepEqual(committee[1]?.claimed, { payee: honest.account.address, shareWei: 1_500_000n, bondWei: 0n });
    assert.equal(committee[2]?.claimed, undefined);
    const names = (await getTaskEvents(submitter, { escrow, taskId: task.taskId })).map((event) => event.name);
    assert.deepEqual(names, [
      "TaskPosted",
      "SlotReserved",
      "ResultCommitted",
      "ResultCommitted",
      "ResultRevealed",
      "ResultRevealed",
      "TaskDecided",
      "PayoutClaimed",
      "StrikeRecorded",
    ]);
  });

  it("send every bond home when nobody committed", async () => {
    const { escrow, submitter } = chain;
    const runner = chain.runners[3] as SendingClient;
    const task = await chain.post({ bondWei: 50n });
    await actionsOf(chain, task).reserve(runner);
    await chain.mineAt(task.terms.commitDeadline);
    const opening = openingOfReservation({ identity: identityOf(runner.account.address), runner: runner.account.address });
    const { payout } = await claimPayout(submitter, { escrow, task: task.key, opening });
    assert.deepEqual(payout, { shareWei: 0n, bondWei: 50n });
    await assert.rejects(reportNoShow(submitter, { escrow, task: task.key, identity: opening.identity }), isCode("NO_SLOT"));
  });

  it("refuse what the contract refuses, with its code and the values", async () => {
    const { escrow } = chain;
    const [honest] = runners;
    const task = await chain.post();
    await assert.rejects(actionsOf(chain, task).reveal(honest, openingOf(honest)), (error: Error & { code?: string; details?: object }) => {
      assert.equal(error.code, "WRONG_PHASE");
      assert.deepEqual(error.details, { actual: "OPEN", required: "REVEALING" });
      assert.match(error.message, /OPEN.*REVEALING/);
      return true;
    });
    await assert.rejects(actionsOf(chain, task).reserve(chain.submitter), isCode("RUNNER_IS_SUBMITTER"));
    await assert.rejects(reclaimBounty(honest, { escrow, task: task.key }), isCode("TASK_NOT_CLOSED"));
  });

  it("perform a batch, and report the steps that were refused", async () => {
    const { escrow } = chain;
    const [honest] = runners;
    const [first, second] = [await chain.post({ bondWei: 7n }), await chain.post({ bondWei: 7n })];
    const { identity, payee, outputHash, salt } = openingOf(honest);
    const { skipped } = await performSteps(honest, {
      escrow,
      bondsWei: 14n,
      steps: {
        identity,
        payee,
        reveals: [{ taskId: first.taskId, outputHash, salt }],
        reservations: [{ task: first.key }, { task: second.key }],
      },
    });
    assert.deepEqual(
      skipped.map(({ taskId, error }) => [taskId, error.code]),
      [[first.taskId, "WRONG_PHASE"]],
    );
    for (const { taskId } of [first, second]) assert.equal((await getTaskState(honest, { escrow, taskId })).state.reserved, 1);
  });
});

describe("getTask and listTasks", () => {
  let chain: EscrowChain;

  before(async () => {
    chain = await startEscrowChain();
  });

  it("read terms that hash to the task id", async () => {
    const { escrow, submitter } = chain;
    const posted = await chain.post({ bondWei: 3n, revealDelaySeconds: 5 });
    const task = await getTask(submitter, { escrow, taskId: posted.taskId });
    assert.deepEqual(task, {
      taskId: posted.taskId,
      key: posted.key,
      submitter: submitter.account.address,
      terms: posted.terms,
      location: "",
      blockNumber: posted.receipt.blockNumber,
    });
  });

  it("list tasks in their order, and only those that were asked for", async () => {
    const { escrow, submitter } = chain;
    const before = await listTasks(submitter, { escrow, fromBlock: 0n });
    const { taskId, receipt } = await chain.post();
    const after = await listTasks(submitter, { escrow, fromBlock: 0n });
    assert.deepEqual(
      after.map((task) => task.taskId),
      [...before.map((task) => task.taskId), taskId],
    );
    assert.equal((await listTasks(submitter, { escrow, fromBlock: receipt.blockNumber })).length, 1);
    assert.equal((await listTasks(submitter, { escrow, fromBlock: 0n, only: { submitter: escrow } })).length, 0);
    assert.equal((await listTasks(submitter, { escrow, fromBlock: 0n, only: { taskId } })).length, 1);
  });

  it("tell an unknown task from one whose event is not in the searched blocks", async () => {
    const { escrow, submitter } = chain;
    const { taskId, receipt } = await chain.post();
    await assert.rejects(getTask(submitter, { escrow, taskId: `0x${"ab".repeat(32)}` }), isCode("TASK_UNKNOWN"));
    await assert.rejects(getTask(submitter, { escrow, taskId, fromBlock: receipt.blockNumber + 1n }), isCode("TASK_EVENT_MISSING"));
  });
});
