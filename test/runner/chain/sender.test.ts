import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Hex, identityOf, type PostedTask, zeroAddress } from "@parity-protocol/sdk";
import { taskEscrowAbi } from "@parity-protocol/sdk/contracts";
import {
  type Client,
  createClient,
  custom,
  type EIP1193RequestFn,
  encodeFunctionData,
  keccak256,
  type PrivateKeyAccount,
  parseTransaction,
  type Transport,
  toHex,
} from "viem";
import { generatePrivateKey, privateKeyToAccount } from "viem/accounts";
import { getTransactionCount, getTransactionReceipt, sendTransaction } from "viem/actions";
import { FeePolicy } from "../../../runner/chain/fees.ts";
import { createSender, type StepCall } from "../../../runner/chain/sender.ts";
import type { Patience } from "../../../runner/chain/until-mined.ts";
import { Journal } from "../../../runner/journal/journal.ts";
import { type EscrowChain, startEscrowChain } from "../../support/escrow-chain.ts";
import { connectionRefused, faultyTransport } from "../../support/faulty-transport.ts";

let stopping: AbortController;
let signal: AbortSignal;

describe("chain sender", () => {
  let chain: EscrowChain;
  let account: PrivateKeyAccount;
  let directory: string;
  let journal: Journal;

  beforeEach(async () => {
    chain = await startEscrowChain();
    account = privateKeyToAccount(generatePrivateKey());
    await chain.request({ method: "hardhat_setBalance", params: [account.address, toHex(10n ** 18n)] } as never);
    directory = mkdtempSync(join(tmpdir(), "parity-sender-"));
    stopping = new AbortController();
    ({ signal } = stopping);
    journal = new Journal(join(directory, "journal"), { chainId: chain.chainId, escrow: chain.escrow, runner: account.address });
  });
  afterEach(() => {
    stopping.abort();
    journal.close();
    rmSync(directory, { recursive: true });
  });

  function senderOver(transport: Transport = custom({ request: chain.request }), change: { patience?: Patience; ceiling?: bigint } = {}) {
    const client: Client = createClient({ transport });
    const fees = new FeePolicy(client, change.ceiling);
    const base = {
      client,
      endpoints: { client, each: [], quorum: 1 },
      account,
      chainId: chain.chainId,
      escrow: chain.escrow,
      journal,
      fees,
      pollMs: 10,
      signal,
      reorganisations: () => 0,
      leftUntil: () => ({ blocks: Number.POSITIVE_INFINITY, ms: Number.POSITIVE_INFINITY }),
      baseFeePerGasWei: () => 10n ** 9n,
    };
    return createSender(change.patience ? { ...base, patience: change.patience } : base);
  }

  const reserveOf = ({ key, taskId }: PostedTask): StepCall => ({
    verb: "reserve",
    taskId,
    functionName: "reserveSlot",
    args: [key, "0x"],
  });
  const sentCount = () => getTransactionCount(chain.submitter, { address: account.address });

  it("makes one transaction of calls that are due at once, and shares its cost among them", async () => {
    const tasks = [await chain.post(), await chain.post(), await chain.post()];
    const sender = senderOver(answeringTogether(chain.request, 3));
    const sent = await Promise.all(tasks.map((task) => sender.send(reserveOf(task), signal)));
    const [transaction, ...others] = new Set(sent.map(({ transactionHash }) => transactionHash));
    assert.deepEqual(others, []);
    assert.equal(await sentCount(), 1);
    const { gasUsed } = await getTransactionReceipt(chain.submitter, { hash: transaction ?? "0x" });
    assert.equal(
      sent.reduce((sum, step) => sum + step.gasUsed, 0n),
      gasUsed,
    );
  });

  it("keeps the other steps of a batch when the escrow skips one of them, and says why it did", async () => {
    const open = await chain.post();
    const contested = await chain.post({ slots: 1, quorum: 1 });
    await chain.request({ method: "evm_setAutomine", params: [false] } as never);
    // Another runner takes the only slot in the same block, with a better price.
    const rival = chain.runners[0];
    assert.ok(rival);
    const sender = senderOver(answeringTogether(chain.request, 2));
    const both = Promise.allSettled([sender.send(reserveOf(open), signal), sender.send(reserveOf(contested), signal)]);
    await until(async () => (await pendingTransactions(chain.request)).length === 1);
    await sendTransaction(rival, {
      to: chain.escrow,
      data: encodeFunctionData({ abi: taskEscrowAbi, functionName: "reserveSlot", args: [contested.key, "0x"] }),
      gas: 300_000n,
      maxFeePerGas: 10n ** 11n,
      maxPriorityFeePerGas: 10n ** 11n,
    });
    await chain.request({ method: "evm_setAutomine", params: [true] } as never);
    await chain.request({ method: "evm_mine", params: [] } as never);
    const [taken, missed] = await both;
    assert.equal(taken?.status, "fulfilled");
    assert.equal((missed as PromiseRejectedResult).reason.code, "NO_FREE_SLOT");
    assert.deepEqual(journal.unsettled(), []);
  });

  it("sends the steps of two moments in two transactions that do not wait for each other", async () => {
    const tasks = [await chain.post(), await chain.post()];
    const sender = senderOver();
    const commitOf = ({ key, taskId }: PostedTask, identity: Hex): StepCall => ({
      verb: "commit",
      taskId,
      functionName: "commitResult",
      args: [key, identity, toHex(1, { size: 31 }), "0x"],
    });
    const identity = identityOf(account.address);
    await sender.send(reserveOf(tasks[0] as PostedTask), signal);
    await chain.request({ method: "evm_setAutomine", params: [false] } as never);
    const first = sender.send(commitOf(tasks[0] as PostedTask, identity), signal);
    await until(async () => (await pendingTransactions(chain.request)).length === 1);
    const second = sender.send(commitOf(tasks[1] as PostedTask, identity), signal);
    await until(async () => (await pendingTransactions(chain.request)).length === 2);
    await chain.request({ method: "evm_setAutomine", params: [true] } as never);
    await chain.request({ method: "evm_mine", params: [] } as never);
    const sent = await Promise.all([first, second]);
    assert.equal(new Set(sent.map(({ transactionHash }) => transactionHash)).size, 2);
  });

  it("sends nothing that the escrow would refuse, and goes on with the next call", async () => {
    const task = await chain.post();
    const sender = senderOver();
    await sender.send(reserveOf(task), signal);
    await assert.rejects(sender.send(reserveOf(task), signal), { code: "SLOT_ALREADY_TAKEN" });
    assert.equal(await sentCount(), 1);
    await sender.send(reserveOf(await chain.post()), signal);
  });

  it("does not send twice what was sent although the answer was lost", async () => {
    const task = await chain.post();
    const lossy = faultyTransport(chain.request, async (method, params) => {
      if (method !== "eth_sendRawTransaction") return undefined;
      await chain.request({ method, params } as never);
      throw connectionRefused();
    });
    const { transactionHash } = await senderOver(lossy).send(reserveOf(task), signal);
    assert.match(transactionHash, /^0x/);
    assert.equal(await sentCount(), 1);
  });

  it("waits out an endpoint that fails while it waits for the receipt", async () => {
    let failures = 3;
    const flaky = faultyTransport(chain.request, (method) => {
      if (method === "eth_getTransactionReceipt" && failures-- > 0) throw connectionRefused();
      return undefined;
    });
    await senderOver(flaky).send(reserveOf(await chain.post()), signal);
    assert.equal(await sentCount(), 1);
  });

  it("takes up after a restart what was signed and never sent, instead of signing again", async () => {
    const task = await chain.post();
    const dead = faultyTransport(chain.request, (method) => {
      if (["eth_sendRawTransaction", "eth_getTransactionReceipt"].includes(method)) throw connectionRefused();
      return undefined;
    });
    const impatient = { rebroadcastMs: 1e9, replaceMs: 1e9, giveUpMs: 0 };
    await assert.rejects(senderOver(dead, { patience: impatient }).send(reserveOf(task), signal), { code: "TRANSACTION_TIMED_OUT" });
    assert.equal(await sentCount(), 0);
    const { transactionHash } = await senderOver().send(reserveOf(task), signal);
    assert.equal(await sentCount(), 1);
    assert.equal(journal.unsettled().length, 0);
    assert.match(transactionHash, /^0x/);
  });

  it("replaces a transaction that is stuck by one that pays more", async () => {
    const task = await chain.post();
    const prices: bigint[] = [];
    const watched = faultyTransport(chain.request, () => undefined);
    await chain.request({ method: "evm_setAutomine", params: [false] } as never);
    const sending = senderOver(watched, { patience: { rebroadcastMs: 1e9, replaceMs: 50, giveUpMs: 1e9 } }).send(reserveOf(task), signal);
    await until(async () => {
      const [pending] = await pendingTransactions(chain.request);
      if (pending && prices.at(-1) !== BigInt(pending.maxFeePerGas)) prices.push(BigInt(pending.maxFeePerGas));
      return prices.length >= 2;
    });
    await chain.request({ method: "evm_setAutomine", params: [true] } as never);
    await chain.request({ method: "evm_mine", params: [] } as never);
    await sending;
    const [first = 0n, second = 0n] = prices;
    assert.ok(second * 10n >= first * 11n, `${first} became ${second}`);
    assert.equal(await sentCount(), 1);
    assert.equal(journal.unsettled().length, 0, "no version of it is left to wait for");
  });

  for (const [when, patience] of [
    ["when it is sent again", { rebroadcastMs: 20, replaceMs: 1e9, giveUpMs: 1e9 }],
    ["when it is to pay more", { rebroadcastMs: 1e9, replaceMs: 20, giveUpMs: 1e9 }],
  ] as const)
    it(`signs again what was signed with a nonce that can never be reached, and leaves no gap: ${when}`, async () => {
      const task = await chain.post();
      let reads = 0;
      // Blocks are taken back between the read of the nonce and the signature: a node keeps such a transaction, and waits for the gap to close.
      const late = faultyTransport(chain.request, (method, params) => {
        const [first, block] = (params ?? []) as [Hex, string?];
        if (method === "eth_getTransactionCount" && block === "pending" && reads++ === 0) return "0x1";
        const isBeyondGap = method === "eth_sendRawTransaction" && parseTransaction(first).nonce === 1;
        return isBeyondGap ? keccak256(first) : undefined;
      });
      const sender = senderOver(late, { patience });
      await assert.rejects(sender.send(reserveOf(task), signal), { code: "NONCE_CONFLICT" });
      await sender.send(reserveOf(task), signal);
      assert.equal(await sentCount(), 1);
      assert.equal(journal.unsettled().length, 0);
    });

  it("sends nothing while the base fee is above the ceiling", async () => {
    const task = await chain.post();
    await assert.rejects(senderOver(undefined, { ceiling: 10n }).send(reserveOf(task), signal), { code: "FEE_ABOVE_CEILING" });
    assert.equal(await sentCount(), 0);
  });

  it("names the lack of funds", async () => {
    const task = await chain.post();
    await chain.request({ method: "hardhat_setBalance", params: [account.address, "0x1"] } as never);
    await assert.rejects(senderOver().send(reserveOf(task), signal), { code: "INSUFFICIENT_FUNDS" });
    assert.equal(task.terms.gate, zeroAddress);
  });
});

/** A chain that answers the first trials when so many were asked: as an endpoint does that gets them in one request. */
function answeringTogether(request: EIP1193RequestFn, count: number): Transport {
  const all = Promise.withResolvers<void>();
  let answered = 0;
  return faultyTransport(request, async (method, params) => {
    if (method !== "eth_estimateGas") return undefined;
    const answer = await request({ method, params } as never);
    answered += 1;
    if (answered >= count) all.resolve();
    await all.promise;
    return answer;
  });
}

async function pendingTransactions(request: EIP1193RequestFn): Promise<{ maxFeePerGas: Hex }[]> {
  return (await request({ method: "eth_pendingTransactions" } as never)) as { maxFeePerGas: Hex }[];
}

async function until(isTrue: () => Promise<boolean>): Promise<void> {
  while (!(await isTrue())) await new Promise((resolve) => setTimeout(resolve, 10));
}
