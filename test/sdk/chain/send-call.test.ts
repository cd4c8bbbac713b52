import assert from "node:assert/strict";
import { commitmentOf, getTaskState, type Hex, isParityError, reclaimBounty, reserveSlot, sendCall } from "@parity-protocol/sdk";
import { actionsOf, type EscrowChain, openingOf, type SendingClient, startEscrowChain } from "../../support/escrow-chain.ts";
import { connectionRefused, faultyTransport, rpcRefusal } from "../../support/faulty-transport.ts";

describe("sendCall", () => {
  let chain: EscrowChain;
  let runner: SendingClient;

  before(async () => {
    chain = await startEscrowChain();
    runner = chain.runners[0] as SendingClient;
  });

  /** The runner's client behind an RPC with a fault. */
  const behind = (fault: (method: string, params: unknown) => unknown) =>
    chain.clientOf(runner.account, faultyTransport(chain.request, fault));

  it("sends nothing when the trial is refused", async () => {
    const { key } = await chain.post();
    const sent: string[] = [];
    const client = behind((method) => {
      if (method.startsWith("eth_send")) sent.push(method);
    });
    await assert.rejects(reclaimBounty(client, { escrow: chain.escrow, task: key }), (error) => isParityError(error, "TASK_NOT_CLOSED"));
    assert.deepEqual(sent, []);
  });

  it("asks again for the reason where an estimate does not give one", async () => {
    const { key } = await chain.post();
    const client = behind((method) => {
      if (method === "eth_estimateGas") throw rpcRefusal("execution reverted", 3);
    });
    await assert.rejects(reclaimBounty(client, { escrow: chain.escrow, task: key }), (error) => isParityError(error, "TASK_NOT_CLOSED"));
  });

  it("says why a transaction failed that was mined too late", async () => {
    const task = await chain.post();
    await actionsOf(chain, task).reserve(runner);
    // The estimate comes from before the reservation: another program of the same runner was faster.
    const client = behind((method) => (method === "eth_estimateGas" ? "0x186a0" : undefined));
    const mine = () => chain.request({ method: "evm_mine", params: [] } as never);
    await chain.request({ method: "evm_setAutomine", params: [false] } as never);
    try {
      await assert.rejects(reserveSlot(client, { escrow: chain.escrow, task: task.key, pollMs: 1, onSent: () => void mine() }), (error) => {
        assert.ok(isParityError(error, "SLOT_ALREADY_TAKEN"), String(error));
        assert.match(String(error.details.transactionHash), /^0x[0-9a-f]{64}$/);
        return true;
      });
    } finally {
      await chain.request({ method: "evm_setAutomine", params: [true] } as never);
    }
  });

  it("waits out an RPC that fails after the transaction was sent", async () => {
    const task = await chain.post();
    let failures = 0;
    const client = behind((method) => {
      if (method !== "eth_getTransactionReceipt" || failures === 3) return;
      failures += 1;
      throw connectionRefused();
    });
    const hashes: Hex[] = [];
    const { receipt, transactionHash } = await reserveSlot(client, {
      escrow: chain.escrow,
      task: task.key,
      pollMs: 1,
      onSent: (hash) => void hashes.push(hash),
    });
    assert.deepEqual([receipt.status, failures, hashes], ["success", 3, [transactionHash]]);
  });

  it("gives up waiting in the end, and names the transaction", async () => {
    const task = await chain.post();
    const client = behind((method) => {
      if (method === "eth_getTransactionReceipt") throw connectionRefused();
    });
    const reserving = reserveSlot(client, { escrow: chain.escrow, task: task.key, pollMs: 1, timeoutMs: 20 });
    await assert.rejects(reserving, (error) => isParityError(error, "TRANSACTION_TIMED_OUT") && error.isRetryable);
  });

  it("waits for as many confirmations as it is told to", async () => {
    const task = await chain.post();
    const reserving = reserveSlot(runner, { escrow: chain.escrow, task: task.key, confirmations: 3, pollMs: 1, onSent: () => void more() });
    const more = async () => {
      for (let i = 0; i < 2; i++) await chain.mineAt((await chain.now()) + 1);
    };
    const { receipt } = await reserving;
    const head = BigInt((await chain.request({ method: "eth_blockNumber" } as never)) as Hex);
    assert.ok(head >= receipt.blockNumber + 2n);
  });

  it("tells apart another transaction that came first, and an owner who declined", async () => {
    const task = await chain.post();
    const failing = (error: Error) =>
      behind((method) => {
        if (method.startsWith("eth_send")) throw error;
      });
    const reserve = (client: SendingClient) => reserveSlot(client, { escrow: chain.escrow, task: task.key });
    await assert.rejects(reserve(failing(rpcRefusal("nonce too low", -32000))), (error) => isParityError(error, "NONCE_CONFLICT"));
    await assert.rejects(reserve(failing(rpcRefusal("User rejected", 4001))), (error) => isParityError(error, "TRANSACTION_REFUSED"));
  });

  it("sends enough gas for a vote that becomes the leading one in the meantime", async () => {
    const task = await chain.post();
    const [first, second, third] = chain.runners as [SendingClient, SendingClient, SendingClient];
    const { commit, reveal } = actionsOf(chain, task);
    for (const each of [first, second, third]) await commit(each, openingOf(each, each === third ? "2" : "1"));
    for (const each of [first, second, third]) {
      const { receipt } = await reveal(each, openingOf(each, each === third ? "2" : "1"));
      assert.equal(receipt.status, "success");
    }
  });

  it("refuses an address or a hash that is none, before it asks the chain", async () => {
    const isInvalid = (error: unknown) => isParityError(error, "ARGUMENT_INVALID");
    const task = { submitter: "0x12", termsHash: `0x${"12".repeat(32)}` } as const;
    await assert.rejects(reserveSlot(runner, { escrow: chain.escrow, task }), isInvalid);
    await assert.rejects(getTaskState(runner, { escrow: chain.escrow, taskId: "0x1234" }), isInvalid);
    await assert.rejects(getTaskState(runner, { escrow: "0x1234", taskId: task.termsHash }), isInvalid);
    const opening = { identity: "0x12", payee: runner.account.address, outputHash: "0x", salt: "0x" } as const;
    assert.throws(() => commitmentOf({ chainId: 1, escrow: chain.escrow, taskId: "0x", opening }), isInvalid);
  });

  it("sends nothing after its caller has ended it", async () => {
    const { key, taskId } = await chain.post();
    const stop = new AbortController();
    const client = behind((method) => {
      if (method === "eth_estimateGas") stop.abort();
    });
    const reserving = reserveSlot(client, { escrow: chain.escrow, task: key, signal: stop.signal });
    await assert.rejects(reserving, (error) => isParityError(error, "WAIT_ABORTED"));
    assert.equal((await getTaskState(runner, { escrow: chain.escrow, taskId })).state.reserved, 0);
  });

  it("creates a contract when there is nobody to call", async () => {
    const { receipt } = await sendCall(runner, { data: "0x600a600c600039600a6000f3602a60005260206000f3" });
    assert.ok(receipt.contractAddress);
  });
});
