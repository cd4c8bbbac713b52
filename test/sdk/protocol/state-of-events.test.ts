import assert from "node:assert/strict";
import {
  byPlace,
  getResult,
  getTaskEvents,
  getTaskState,
  type Opening,
  type PostedTask,
  reclaimBounty,
  scanEvents,
  stateOfEvents,
  type TaskEvent,
} from "@parity-protocol/sdk";
import { getBlock, getBlockNumber } from "viem/actions";
import { actionsOf, type EscrowChain, openingOf, type SendingClient, startEscrowChain } from "../../support/escrow-chain.ts";

describe("stateOfEvents", () => {
  let chain: EscrowChain;
  before(async () => {
    chain = await startEscrowChain();
  });

  /** Requires that folding a task's events gives what the contract's views say. */
  async function assertSame({ taskId, terms }: PostedTask): Promise<void> {
    const { escrow, submitter: client } = chain;
    const events = await getTaskEvents(client, { escrow, taskId });
    const last = events.findLast(({ name }) => name === "ResultCommitted");
    const closedAt = last ? Number((await getBlock(client, { blockNumber: last.blockNumber })).timestamp) : 0;
    const folded = stateOfEvents(terms, events, closedAt);
    assert.deepEqual(folded.state, (await getTaskState(client, { escrow, taskId })).state);
    assert.deepEqual(folded.result, await getResult(client, { escrow, taskId }));
  }

  /** Posts a task, lets runners commit to these answers one after the other, and checks after every step. */
  async function play(answers: string[], terms: { slots: number; quorum: number }, reveals: number[]): Promise<PostedTask> {
    const task = await chain.post(terms);
    await assertSame(task);
    const act = actionsOf(chain, task);
    const openings: [SendingClient, Opening][] = answers.map((answer, i) => {
      const runner = chain.runners[i] as SendingClient;
      return [runner, openingOf(runner, answer)];
    });
    for (const [runner, opening] of openings) {
      await act.commit(runner, opening);
      await assertSame(task);
    }
    if (answers.length < terms.slots) await chain.mineAt(task.terms.commitDeadline);
    for (const i of reveals) {
      const [runner, opening] = openings[i] as [SendingClient, Opening];
      await act.reveal(runner, opening);
      await assertSame(task);
    }
    return task;
  }

  it("says what the contract says at each step of a task that a quorum decides after another answer led", async () => {
    await play(["a", "b", "b", "b"], { slots: 5, quorum: 3 }, [0, 1, 2, 3]);
  });

  it("says what the contract says where a liar reveals zero first", async () => {
    await play(["0", "b", "b", "b"], { slots: 5, quorum: 3 }, [0, 1, 2, 3]);
  });

  it("says what the contract says where the last slot to reveal comes first", async () => {
    await play(["1", "1", "2"], { slots: 3, quorum: 2 }, [2, 1, 0]);
  });

  it("says what the contract says of a task that was reclaimed", async () => {
    const task = await play(["1", "2"], { slots: 3, quorum: 2 }, [0, 1]);
    await chain.mineAt(task.terms.commitDeadline + task.terms.revealWindowSeconds + 1);
    await reclaimBounty(chain.submitter, { escrow: chain.escrow, task: task.key });
    await assertSame(task);
  });

  it("finds in a scan of the whole escrow what it finds task by task", async () => {
    const { escrow, submitter: client } = chain;
    const toBlock = await getBlockNumber(client, { cacheTime: 0 });
    const [scanned, own]: [TaskEvent[], TaskEvent[]] = [[], []];
    for await (const { events, tasks } of scanEvents(client, { escrow, fromBlock: 0n, toBlock, maxRange: 7n })) {
      scanned.push(...events);
      for (const { taskId } of tasks) own.push(...(await getTaskEvents(client, { escrow, taskId })));
    }
    assert.ok(scanned.length > 20);
    assert.deepEqual(scanned, own.sort(byPlace));
  });
});
