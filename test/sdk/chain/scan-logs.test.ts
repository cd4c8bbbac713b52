import assert from "node:assert/strict";
import { type LogQuery, scanLogs } from "@parity-protocol/sdk";
import { hexToNumber, ResponseBodyTooLargeError, TimeoutError } from "viem";
import { getBlockNumber } from "viem/actions";
import { type EscrowChain, startEscrowChain } from "../../support/escrow-chain.ts";
import { faultyTransport, rpcRefusal } from "../../support/faulty-transport.ts";

describe("scanLogs, told how many logs an answer may have", () => {
  const posts = 40;
  const quietBlocks = 2_000;
  let chain: EscrowChain;
  let query: LogQuery;

  before(async () => {
    chain = await startEscrowChain();
    for (let i = 0; i < posts; i++) await chain.post();
    await chain.request({ method: "hardhat_mine", params: [`0x${quietBlocks.toString(16)}`] } as never);
    const toBlock = await getBlockNumber(chain.submitter, { cacheTime: 0 });
    query = { address: chain.escrow, topics: [], fromBlock: 0n, toBlock, maxRange: 10_000n };
  });

  /** @param refuse throws where the RPC does not answer about so many blocks from one on */
  async function scan(change: Partial<LogQuery>, refuse: (blocks: number, from: number) => void = () => {}) {
    let asked = 0;
    const transport = faultyTransport(chain.request, (method, params) => {
      if (method !== "eth_getLogs") return;
      asked += 1;
      const [{ fromBlock, toBlock }] = params as [{ fromBlock: `0x${string}`; toBlock: `0x${string}` }];
      refuse(hexToNumber(toBlock) - hexToNumber(fromBlock) + 1, hexToNumber(fromBlock));
    });
    const chunks: { count: number; blocks: number }[] = [];
    const blocks = new Set<string>();
    let first: bigint | undefined;
    for await (const { logs, fromBlock, toBlock } of scanLogs(chain.clientOf(chain.submitter.account, transport), {
      ...query,
      ...change,
    })) {
      first ??= toBlock;
      chunks.push({ count: logs.length, blocks: Number(toBlock - fromBlock) + 1 });
      for (const { blockNumber } of logs) blocks.add(String(blockNumber));
    }
    return { chunks, asked, found: blocks.size, first };
  }

  const refuseMoreThan = (most: number, refusal: () => Error) => (blocks: number) => {
    if (blocks > most) throw refusal();
  };

  it("asks for fewer blocks after an answer that had too many, and misses none", async () => {
    const { chunks, found } = await scan({ maxLogs: 2 });
    assert.equal(found, posts);
    assert.deepEqual(
      chunks.slice(0, 4).map(({ blocks }) => blocks),
      [4, 4, 2, 2],
    );
    assert.ok(chunks.slice(2).every(({ count }) => count <= 2));
  });

  it("reads from the newest back when it is told to, and misses none", async () => {
    for (const refuse of [() => {}, refuseMoreThan(3, () => rpcRefusal("range too long"))]) {
      const { chunks, found, first } = await scan({ maxLogs: 4, isNewestFirst: true, fromBlock: 7n }, refuse);
      const before = await scan({ maxLogs: 4, fromBlock: 7n });
      assert.equal(first, query.toBlock);
      assert.equal(found, before.found);
      assert.equal(
        chunks.reduce((sum, { blocks }) => sum + blocks, 0),
        Number(query.toBlock) - 6,
        "every block once, and none before the first that was asked for",
      );
    }
  }).timeout(300_000);

  it("asks for more and more blocks while little happens in them", async () => {
    const { chunks, found } = await scan({ maxLogs: 4 });
    assert.equal(found, posts);
    const quiet = chunks.filter(({ count }) => count === 0).map(({ blocks }) => blocks);
    assert.ok(quiet.length <= 10, `${quiet.length} answers for ${quietBlocks} quiet blocks`);
    assert.ok(quiet.includes(512));
  });

  it("asks for no more blocks than an RPC takes, and seldom tries whether it takes more", async () => {
    const refusal = () => rpcRefusal("range too long");
    for (const maxLogs of [10_000, undefined]) {
      const { chunks, asked, found } = await scan(maxLogs ? { maxLogs } : {}, refuseMoreThan(64, refusal));
      assert.equal(found, posts);
      assert.equal(Math.max(...chunks.map(({ blocks }) => blocks)), 64);
      assert.ok(asked - chunks.length <= 12, `${asked} questions for ${chunks.length} answers`);
    }
  });

  it("halves a range that is not answered in time, or whose answer is too large, and misses none", async () => {
    const refusals = [
      () => new TimeoutError({ body: {}, url: "http://rpc.example" }),
      () => new ResponseBodyTooLargeError({ maxSize: 1, size: 2 }),
    ];
    for (const refusal of refusals) {
      const { chunks, found } = await scan({ toBlock: 60n }, refuseMoreThan(3, refusal));
      assert.equal(found, posts);
      assert.ok(chunks.every(({ blocks }) => blocks <= 3));
    }
  });

  it("asks for many blocks again once it has left those that were too much at once", async () => {
    const { chunks, found } = await scan({}, (blocks, from) => {
      if (from < 50 && blocks > 2) throw rpcRefusal("query returned more than 10000 results");
    });
    assert.equal(found, posts);
    const last = Math.max(...chunks.map(({ blocks }) => blocks));
    assert.ok(last >= 64, `at most ${last} blocks at once`);
  });
});
