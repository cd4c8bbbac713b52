import assert from "node:assert/strict";
import { commitmentOf, commitResult, getStrikes, getTask, type Hex, identityOf, reserveSlot, type Task } from "@parity-protocol/sdk";
import { generatePrivateKey, privateKeyToAccount } from "viem/accounts";
import type { LocalNetwork } from "../../../cli/local-network/start-local-network.ts";
import { type Sender, sendAs } from "../../../cli/network/connect.ts";
import { startQuietNetwork } from "../support/local-network.ts";
import { parity, startParity, temporaryFolder } from "../support/parity.ts";
import { writeStaticJob } from "../support/static-job.ts";

const BOND = 1_000n;

describe("settling a task that died", () => {
  const folder = temporaryFolder();
  let local: LocalNetwork;
  const run = (...args: string[]) => parity(args, { cwd: folder.path });
  const chain = (method: string, ...params: unknown[]) => local.connection.client.request({ method, params } as never);

  before(async () => {
    local = await startQuietNetwork(folder.path);
    writeStaticJob(folder.path);
  });
  after(async () => {
    await local.stop();
    folder.remove();
  });

  /** Posts a task that is open to anyone, for two runners that must agree. */
  async function post(): Promise<Task> {
    const posted = await run(
      "post",
      "job.json",
      "--gate",
      "none",
      "--slots",
      "2",
      "--quorum",
      "2",
      "--bond",
      `${BOND}wei`,
      "--commit-within",
      "1h",
    );
    assert.equal(posted.code, 0, posted.stderr);
    const taskId = posted.records.find((record) => record.event === "posted")?.taskId as Hex;
    return getTask(local.connection.client, { escrow: local.network.escrow, taskId });
  }

  /** An account with money, which acts as a runner. */
  async function runner(): Promise<Sender> {
    const account = privateKeyToAccount(generatePrivateKey());
    await chain("hardhat_setBalance", account.address, "0xde0b6b3a7640000");
    return sendAs(local.connection, account);
  }

  async function letItDie(): Promise<void> {
    await chain("evm_increaseTime", 3_700);
    await chain("evm_mine");
  }

  it("gives every bond back when nobody committed, and the bounty to the submitter", async () => {
    const { escrow } = local.network;
    const task = await post();
    await reserveSlot(await runner(), { escrow, task: task.key });
    const early = await run("claim", task.taskId, "--all");
    assert.deepEqual([early.code, early.error?.code], [75, "TASK_NOT_CLOSED"]);
    await letItDie();
    const claimed = await run("claim", task.taskId, "--all");
    assert.deepEqual(
      claimed.records.map(({ standing, shareWei, bondWei }) => ({ standing, shareWei, bondWei })),
      [{ standing: "kept", shareWei: "0", bondWei: String(BOND) }],
    );
    const reclaimed = await run("reclaim", task.taskId);
    assert.equal(reclaimed.records[0]?.amountWei, String(task.terms.bountyWei));
  });

  it("can be watched until it is interrupted", async () => {
    const task = await post();
    const watch = startParity(["watch", task.taskId], { cwd: folder.path });
    await watch.firstRecord;
    watch.child.kill("SIGINT");
    const finished = await watch.finished;
    assert.deepEqual([finished.code, finished.error?.code], [130, "INTERRUPTED"], finished.stderr);
  });

  it("reports the one that reserved and did not commit, and leaves the other its claim", async () => {
    const { escrow, chainId } = local.network;
    const task = await post();
    const [idle, busy] = [await runner(), await runner()];
    await reserveSlot(idle, { escrow, task: task.key });
    const opening = {
      identity: identityOf(busy.account.address),
      payee: busy.account.address,
      outputHash: `0x${"11".repeat(32)}`,
      salt: `0x${"22".repeat(32)}`,
    } as const;
    const commitment = commitmentOf({ chainId, escrow, taskId: task.taskId, opening });
    await commitResult(busy, { escrow, task: task.key, identity: opening.identity, commitment });
    await letItDie();
    const settled = await run("claim", task.taskId, "--all");
    assert.deepEqual(
      settled.records.map(({ standing, isReported }) => ({ standing, isReported })),
      [{ standing: "no-show", isReported: true }],
    );
    assert.equal(
      await getStrikes(local.connection.client, { escrow, scope: task.submitter, identity: identityOf(idle.account.address) }),
      1,
    );
    const status = (await run("status", task.taskId)).records[0] as { phase: string; slots: { standing: string }[] };
    assert.deepEqual([status.phase, ...status.slots.map((slot) => slot.standing)], ["DEAD", "no-show", "kept"]);
  });
});
