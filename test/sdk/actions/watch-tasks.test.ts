import assert from "node:assert/strict";
import { getTask, type Hex, type ListTasksParameters, listTasks, type ParityError, type Task, watchTasks } from "@parity-protocol/sdk";
import { numberToHex } from "viem";
import { type EscrowChain, startEscrowChain } from "../../support/escrow-chain.ts";
import { connectionRefused, faultyTransport, rpcRefusal } from "../../support/faulty-transport.ts";

/** Watches until `count` tasks were told, or so many looks were taken; then ends. */
async function watched(chain: EscrowChain, options: { transport?: ReturnType<typeof faultyTransport>; count?: number; looks?: number }) {
  const client = chain.clientOf(chain.submitter.account, options.transport);
  const stop = new AbortController();
  const told: Task[] = [];
  const errors: ParityError[] = [];
  const progress: bigint[] = [];
  await watchTasks(client, {
    escrow: chain.escrow,
    fromBlock: 0n,
    pollMs: 1,
    signal: AbortSignal.any([stop.signal, AbortSignal.timeout(60_000)]),
    onTask: (task) => {
      told.push(task);
      if (told.length === options.count) stop.abort();
    },
    onError: (error) => errors.push(error),
    onProgress: (fromBlock) => {
      progress.push(fromBlock);
      if (progress.length === options.looks) stop.abort();
    },
  });
  return { taskIds: told.map((task) => task.taskId), errors, progress };
}

describe("watchTasks", () => {
  let chain: EscrowChain;
  const posted: Hex[] = [];

  before(async () => {
    chain = await startEscrowChain();
    for (let i = 0; i < 3; i++) posted.push((await chain.post()).taskId);
  });

  it("tells every task once, in order, however often it looks", async () => {
    const { taskIds, errors } = await watched(chain, { looks: 4 });
    assert.deepEqual(taskIds, posted);
    assert.deepEqual(errors, []);
  });

  it("tells tasks that are posted while it watches", async () => {
    const client = chain.submitter;
    const stop = new AbortController();
    const told: Hex[] = [];
    let later: Hex | undefined;
    await watchTasks(client, {
      escrow: chain.escrow,
      fromBlock: 0n,
      pollMs: 1,
      signal: stop.signal,
      onTask: async ({ taskId }) => {
        told.push(taskId);
        if (told.length === posted.length) later = (await chain.post()).taskId;
        if (taskId === later) stop.abort();
      },
    });
    posted.push(later as Hex);
    assert.deepEqual(told, posted);
  });

  describe("when the RPC fails", () => {
    it("goes on when it answers again, and misses nothing", async () => {
      let requests = 0;
      const transport = faultyTransport(chain.request, () => {
        requests += 1;
        if ([1, 3, 6].includes(requests)) throw connectionRefused();
      });
      const { taskIds, errors } = await watched(chain, { transport, count: posted.length });
      assert.deepEqual(taskIds, posted);
      assert.equal(errors.length, 3);
      for (const error of errors) {
        assert.equal(error.code, "RPC_UNREACHABLE");
        assert.doesNotMatch(`${error.message} ${String(error.cause)}`, /secret|key/);
      }
    });

    it("tells a task late that a lagging node did not show at first", async () => {
      let isLagging = true;
      const transport = faultyTransport(chain.request, (method) => {
        if (method !== "eth_getLogs" || !isLagging) return undefined;
        isLagging = false;
        return [];
      });
      const { taskIds } = await watched(chain, { transport, count: posted.length });
      assert.deepEqual(taskIds, posted);
    });
  });

  describe("given a reorg", () => {
    it("tells a task once that moved to another block", async () => {
      let looks = 0;
      const transport = faultyTransport(chain.request, async (method, params) => {
        if (method !== "eth_getLogs") return undefined;
        looks += 1;
        const logs = (await chain.request({ method, params } as never)) as { blockNumber: Hex }[];
        return looks === 1 ? logs.slice(0, 1).map((log) => ({ ...log, blockNumber: "0x1" })) : logs;
      });
      const { taskIds } = await watched(chain, { transport, looks: 3 });
      assert.deepEqual(taskIds, posted);
    });
  });

  it("leaves out a task whose terms do not hash to its id", async () => {
    const transport = faultyTransport(chain.request, async (method, params) => {
      if (method !== "eth_getLogs") return undefined;
      const logs = (await chain.request({ method, params } as never)) as { data: Hex }[];
      const [first, ...rest] = logs;
      return first ? [{ ...first, data: first.data.replace(/^(0x.{63})./, "$19") }, ...rest] : logs;
    });
    const { taskIds } = await watched(chain, { transport, looks: 1 });
    assert.deepEqual(taskIds, posted.slice(1));
  });

  it("ends with what onTask throws", async () => {
    const failure = new Error("the caller's own");
    const watch = watchTasks(chain.submitter, {
      escrow: chain.escrow,
      fromBlock: 0n,
      onTask: () => {
        throw failure;
      },
    });
    await assert.rejects(watch, (error) => error === failure);
  });

  it("does nothing when it was ended before", async () => {
    const told: Task[] = [];
    await watchTasks(chain.submitter, {
      escrow: chain.escrow,
      fromBlock: 0n,
      signal: AbortSignal.abort(),
      onTask: (task) => void told.push(task),
    });
    assert.deepEqual(told, []);
  });
});

describe("listTasks", () => {
  it("halves the range as often as the RPC refuses it", async () => {
    const chain = await startEscrowChain();
    const posted: Hex[] = [];
    for (let i = 0; i < 5; i++) posted.push((await chain.post()).taskId);
    const ranges: bigint[] = [];
    const transport = faultyTransport(chain.request, (method, params) => {
      if (method !== "eth_getLogs") return undefined;
      const [{ fromBlock, toBlock }] = params as [{ fromBlock: Hex; toBlock: Hex }];
      const range = BigInt(toBlock) - BigInt(fromBlock) + 1n;
      ranges.push(range);
      if (range > 2n) throw rpcRefusal("query exceeds max block range 2");
      return undefined;
    });
    const tasks = await listTasks(chain.clientOf(chain.submitter.account, transport), { escrow: chain.escrow, fromBlock: 0n });
    assert.deepEqual(
      tasks.map((task) => task.taskId),
      posted,
    );
    assert.ok(ranges.filter((range) => range > 2n).length <= 3, "it remembers the range that was accepted");
  });

  describe("given how many of the newest", () => {
    let chain: EscrowChain;
    const posted: Hex[] = [];
    before(async () => {
      chain = await startEscrowChain();
      for (let i = 0; i < 12; i++) posted.push((await chain.post()).taskId);
    });

    /** @param answer sees each request before the chain does */
    const newest = async (
      count: number,
      change: Partial<ListTasksParameters> = {},
      answer: Parameters<typeof faultyTransport>[1] = () => {},
    ) => {
      const client = chain.clientOf(chain.submitter.account, faultyTransport(chain.request, answer));
      const tasks = await listTasks(client, { escrow: chain.escrow, fromBlock: 0n, newest: count, ...change });
      return tasks.map(({ taskId }) => taskId);
    };

    it("gives them in the chain's order, and reads no older blocks than it must", async () => {
      let oldest = Number.POSITIVE_INFINITY;
      const found = await newest(3, {}, (method, params) => {
        if (method === "eth_getLogs") oldest = Math.min(oldest, Number((params as [{ fromBlock: Hex }])[0].fromBlock));
      });
      assert.deepEqual(found, posted.slice(-3));
      assert.ok(oldest > 4, `it read from block ${oldest}`);
    });

    it("gives all where there are fewer, and none where none is asked for or fits", async () => {
      assert.deepEqual(await newest(50), posted);
      assert.deepEqual(await newest(0), []);
      assert.deepEqual(await newest(5, { only: { submitter: chain.escrow } }), []);
    });

    it("gives those of an older block where it is told the last", async () => {
      const { blockNumber } = await getTask(chain.submitter, { escrow: chain.escrow, taskId: posted[5] as Hex });
      assert.deepEqual(await newest(2, { toBlock: blockNumber }), posted.slice(4, 6));
    });

    it("begins again when the chain has other blocks meanwhile", async () => {
      const snapshot = await chain.request({ method: "evm_snapshot" } as never);
      await chain.post();
      let replacement: Hex | undefined;
      const found = await newest(10, {}, async (method, params) => {
        if (method !== "eth_getLogs" || replacement) return undefined;
        const before = await chain.request({ method, params } as never);
        await chain.request({ method: "evm_revert", params: [snapshot] } as never);
        replacement = (await chain.post()).taskId;
        posted.push(replacement);
        return before;
      });
      assert.deepEqual(found, posted.slice(-10));
    });

    it("gives up when the chain has other blocks each time", async () => {
      let asked = 0;
      const listing = newest(3, {}, (method) =>
        method === "eth_getBlockByNumber" ? { hash: numberToHex(++asked, { size: 32 }) } : undefined,
      );
      await assert.rejects(listing, { code: "RPC_FAILED" });
    });
  });

  it("gives up when the RPC refuses a single block", async () => {
    const chain = await startEscrowChain();
    const transport = faultyTransport(chain.request, (method) => {
      if (method === "eth_getLogs") throw rpcRefusal("logs are not kept here");
    });
    const listing = listTasks(chain.clientOf(chain.submitter.account, transport), { escrow: chain.escrow, fromBlock: 0n });
    await assert.rejects(listing, (error: ParityError) => error.code === "RPC_FAILED" && error.message.includes("logs are not kept here"));
  });
});
