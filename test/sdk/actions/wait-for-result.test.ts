import assert from "node:assert/strict";
import { isParityError, type Phase, type PostedTask, reclaimBounty, waitForResult } from "@parity-protocol/sdk";
import { actionsOf, type EscrowChain, openingOf, type SendingClient, startEscrowChain } from "../../support/escrow-chain.ts";
import { connectionRefused, faultyTransport } from "../../support/faulty-transport.ts";

describe("waitForResult", () => {
  let chain: EscrowChain;
  let runners: [SendingClient, SendingClient, SendingClient];

  before(async () => {
    chain = await startEscrowChain();
    runners = chain.runners as typeof runners;
  });

  /** Waits and, at each phase, lets the task go on; returns the phases in order. */
  async function lived(task: PostedTask, next: Partial<Record<Phase, () => Promise<unknown>>>, options = {}) {
    const seen: Phase[] = [];
    const steps: Promise<unknown>[] = [];
    const onPhase = (phase: Phase) => {
      seen.push(phase);
      const step = next[phase];
      if (step) steps.push(step());
    };
    const result = await waitForResult(chain.submitter, { escrow: chain.escrow, taskId: task.taskId, pollMs: 1, onPhase, ...options });
    await Promise.all(steps);
    return { result, seen };
  }

  const commitAll = async (task: PostedTask, answers: string[]) => {
    for (const [i, answer] of answers.entries()) {
      const runner = runners[i] as SendingClient;
      await actionsOf(chain, task).commit(runner, openingOf(runner, answer));
    }
  };
  const revealAll = async (task: PostedTask, answers: string[]) => {
    for (const [i, answer] of answers.entries()) {
      const runner = runners[i] as SendingClient;
      await actionsOf(chain, task).reveal(runner, openingOf(runner, answer));
    }
  };

  it("tells the phases and returns what a quorum revealed", async () => {
    const task = await chain.post({ revealDelaySeconds: 60 });
    const answers = ["1", "1", "2"];
    const { result, seen } = await lived(task, {
      OPEN: () => commitAll(task, answers),
      SEALED: async () => chain.mineAt((await chain.now()) + 60),
      REVEALING: () => revealAll(task, answers),
    });
    assert.deepEqual(seen, ["OPEN", "SEALED", "REVEALING", "ACCEPTED"]);
    assert.equal(result.outcome, "ACCEPTED");
    assert.equal(result.outputHash, openingOf(runners[0], "1").outputHash);
    assert.equal(result.matching, 2);
  });

  it("is content with a decision, if it is asked to be, before the window ends", async () => {
    const task = await chain.post();
    const answers = ["1", "1", "1"];
    await commitAll(task, answers);
    await revealAll(task, answers.slice(0, 2));
    const { result, seen } = await lived(task, {}, { until: "decided" });
    assert.deepEqual([result.outcome, result.matching, seen], ["ACCEPTED", 2, ["REVEALING"]]);
  });

  it("ends VOID without a quorum", async () => {
    const task = await chain.post();
    const answers = ["1", "2", "3"];
    await commitAll(task, answers);
    const { result } = await lived(task, { REVEALING: () => revealAll(task, answers) });
    assert.deepEqual([result.outcome, result.outputHash], ["VOID", undefined]);
  });

  it("ends DEAD when too few committed in time", async () => {
    const task = await chain.post();
    const { result } = await lived(task, { OPEN: () => chain.mineAt(task.terms.commitDeadline) });
    assert.equal(result.outcome, "DEAD");
  });

  it("sees the end of a window that no block shows, and the bounty can be reclaimed then", async () => {
    const idle = await startEscrowChain();
    const { escrow, submitter } = idle;
    const task = await idle.post();
    await idle.request({ method: "evm_increaseTime", params: [1_100] } as never);
    assert.ok((await idle.now()) < task.terms.commitDeadline, "the latest block is older than the deadline");
    assert.equal((await waitForResult(submitter, { escrow, taskId: task.taskId, pollMs: 1 })).outcome, "DEAD");
    assert.equal((await reclaimBounty(submitter, { escrow, task: task.key })).amountWei, task.terms.bountyWei);
  });

  it("does not mistake a failing RPC for the end of a task", async () => {
    const task = await chain.post();
    let failures = 0;
    const transport = faultyTransport(chain.request, () => {
      if (failures < 3) throw connectionRefused();
    });
    const client = chain.clientOf(chain.submitter.account, transport);
    const { outcome } = await waitForResult(client, {
      escrow: chain.escrow,
      taskId: task.taskId,
      pollMs: 1,
      onError: (error) => {
        assert.equal(error.code, "RPC_UNREACHABLE");
        failures += 1;
      },
      onPhase: (phase) => {
        if (phase === "OPEN") void chain.mineAt(task.terms.commitDeadline);
      },
    });
    assert.deepEqual([outcome, failures], ["DEAD", 3]);
  });

  it("refuses a task that the escrow does not know", async () => {
    const waiting = waitForResult(chain.submitter, { escrow: chain.escrow, taskId: `0x${"ab".repeat(32)}`, pollMs: 1 });
    await assert.rejects(waiting, (error) => isParityError(error, "TASK_UNKNOWN"));
  });

  it("ends with what onPhase throws", async () => {
    const { taskId } = await chain.post();
    const failure = new Error("the caller's own");
    const onPhase = () => {
      throw failure;
    };
    const waiting = waitForResult(chain.submitter, { escrow: chain.escrow, taskId, pollMs: 1, onPhase });
    await assert.rejects(waiting, (error) => error === failure);
  });

  it("ends when its caller says so", async () => {
    const { taskId } = await chain.post();
    const stop = new AbortController();
    const waiting = waitForResult(chain.submitter, {
      escrow: chain.escrow,
      taskId,
      pollMs: 1,
      signal: stop.signal,
      onPhase: () => stop.abort(),
    });
    await assert.rejects(waiting, (error) => isParityError(error, "WAIT_ABORTED"));
  });
});
