import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Hex, type PostedTask, zeroAddress } from "@parity-protocol/sdk";
import { type Client, createClient, custom, type EIP1193RequestFn, type PrivateKeyAccount, type Transport, toHex } from "viem";
import { generatePrivateKey, privateKeyToAccount } from "viem/accounts";
import { getTransactionCount } from "viem/actions";
import { FeePolicy } from "../../../runner/chain/fees.ts";
import { createSender, type StepCall } from "../../../runner/chain/sender.ts";
import type { Patience } from "../../../runner/chain/until-mined.ts";
import { Journal } from "../../../runner/journal/journal.ts";
import { type EscrowChain, startEscrowChain } from "../../support/escrow-chain.ts";
import { connectionRefused, faultyTransport } from "../../support/faulty-transport.ts";

const { signal } = new AbortController();

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
    journal = new Journal(join(directory, "journal"), { chainId: chain.chainId, escrow: chain.escrow, runner: account.address });
  });
  afterEach(() => {
    journal.close();
    rmSync(directory, { recursive: true });
  });

  function senderOver(transport: Transport = custom({ request: chain.request }), change: { patience?: Patience; ceiling?: bigint } = {}) {
    const client: Client = createClient({ transport });
    const fees = new FeePolicy(client, change.ceiling);
    const base = {
      client,
      account,
      chainId: chain.chainId,
      escrow: chain.escrow,
      journal,
      fees,
      pollMs: 10,
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

  it("gives calls that come at once a nonce each", async () => {
    const tasks = [await chain.post(), await chain.post(), await chain.post()];
    const sender = senderOver();
    const sent = await Promise.all(tasks.map((task) => sender.send(reserveOf(task), signal)));
    assert.equal(new Set(sent.map(({ transactionHash }) => transactionHash)).size, 3);
    assert.equal(await sentCount(), 3);
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
    assert.equal(journal.unsettled(task.taskId, "reserve"), undefined);
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
    assert.equal(journal.unsettled(task.taskId, "reserve"), undefined, "no version of it is left to wait for");
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

async function pendingTransactions(request: EIP1193RequestFn): Promise<{ maxFeePerGas: Hex }[]> {
  return (await request({ method: "eth_pendingTransactions" } as never)) as { maxFeePerGas: Hex }[];
}

async function until(isTrue: () => Promise<boolean>): Promise<void> {
  while (!(await isTrue())) await new Promise((resolve) => setTimeout(resolve, 10));
}
