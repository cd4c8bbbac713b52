import assert from "node:assert/strict";
import {
  approveBounty,
  type ChainClient,
  checkDeployment,
  claimPayout,
  getAdmission,
  getAsset,
  getEscrow,
  getGate,
  getResult,
  getSlot,
  getStrikes,
  getTask,
  getTaskState,
  isParityError,
  listTasks,
  planDeployment,
  postTask,
  reclaimBounty,
  signPermit,
  waitForResult,
  withSignal,
} from "@parity-protocol/sdk";
import { createClient, custom } from "viem";
import { getBlockNumber } from "viem/actions";
import { hardhat } from "viem/chains";
import { openingOf, type SendingClient, startEscrowChain } from "../../support/escrow-chain.ts";

const address = `0x${"11".repeat(20)}` as const;
const hash = `0x${"22".repeat(32)}` as const;
const key = { submitter: address, termsHash: hash };
const terms = { bountyWei: 3n, slots: 3, quorum: 2, commitDeadline: 4_000_000_000, revealWindowSeconds: 60, jobHash: hash };

/** A chain that never answers: no real one can be made to. */
const silent = createClient({ account: address, chain: hardhat, transport: custom({ request: () => new Promise<never>(() => {}) }) });

/** Every action that asks the chain, told to end by a signal. */
const actions: Readonly<Record<string, (client: ChainClient, signal: AbortSignal) => Promise<unknown>>> = {
  approveBounty: (client, signal) => approveBounty(client, { escrow: address, amountWei: 1n, signal }),
  checkDeployment: (client, signal) => checkDeployment(client, { escrow: address, signal }),
  claimPayout: (client, signal) => claimPayout(client, { escrow: address, task: key, opening: openingOf(silent as SendingClient), signal }),
  getAdmission: (client, signal) => getAdmission(client, { gate: address, runner: address, signal }),
  getAsset: (client, signal) => getAsset(client, { asset: address, signal }),
  getEscrow: (client, signal) => getEscrow(client, { escrow: address, signal }),
  getGate: (client, signal) => getGate(client, { gate: address, signal }),
  getResult: (client, signal) => getResult(client, { escrow: address, taskId: hash, signal }),
  getSlot: (client, signal) => getSlot(client, { escrow: address, taskId: hash, identity: hash, signal }),
  getStrikes: (client, signal) => getStrikes(client, { escrow: address, scope: address, identity: hash, signal }),
  getTask: (client, signal) => getTask(client, { escrow: address, taskId: hash, fromBlock: 0n, signal }),
  getTaskState: (client, signal) => getTaskState(client, { escrow: address, taskId: hash, signal }),
  listTasks: (client, signal) => listTasks(client, { escrow: address, fromBlock: 0n, signal }),
  planDeployment: (client, signal) => planDeployment(client, { signal }),
  postTask: (client, signal) => postTask(client, { escrow: address, terms, location: "", sources: "unchecked", signal }),
  reclaimBounty: (client, signal) => reclaimBounty(client, { escrow: address, task: key, signal }),
  signPermit: (client, signal) => signPermit(client, { escrow: address, amountWei: 1n, deadline: 1n, signal }),
  waitForResult: (client, signal) => waitForResult(client, { escrow: address, taskId: hash, signal }),
};

const isAborted = (error: unknown) => isParityError(error, "WAIT_ABORTED");

describe("aborting a call to a chain that never answers", () => {
  for (const [name, call] of Object.entries(actions)) {
    it(`ends ${name}`, async () => {
      const controller = new AbortController();
      const calling = call(silent, controller.signal);
      controller.abort();
      await assert.rejects(calling, isAborted);
    });

    it(`does not begin ${name} when it was aborted before`, async () => assert.rejects(call(silent, AbortSignal.abort()), isAborted));
  }
});

describe("a client with a signal", () => {
  it("answers as before while nobody aborts", async () => {
    const { submitter } = await startEscrowChain();
    const client = withSignal(submitter, new AbortController().signal);
    assert.equal(await getBlockNumber(client), await getBlockNumber(submitter));
  });
});
