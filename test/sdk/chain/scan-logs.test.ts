import assert from "node:assert/strict";
import { type LogQuery, scanLogs } from "@parity-protocol/sdk";
import { hexToNumber } from "viem";
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

  async function scan(maxLogs: number, mostBlocks = 10_000) {
    const transport = faultyTransport(chain.request, (method, params) => {
      const [{ fromBlock, toBlock }] = params as [{ fromBlock: `0x${string}`; toBlock: `0x${string}` }];
      if (method === "eth_getLogs" && hexToNumber(toBlock) - hexToNumber(fromBlock) >= mostBlocks) throw rpcRefusal("range too long");
    });
    const chunks: { count: number; blocks: number }[] = [];
    const blocks = new Set<string>();
    for await (const { logs, fromBlock, toBlock } of scanLogs(chain.clientOf(chain.submitter.account, transport), { ...query, maxLogs })) {
      chunks.push({ count: logs.length, blocks: Number(toBlock - fromBlock) + 1 });
      for (const { blockNumber } of logs) blocks.add(String(blockNumber));
    }
    return { chunks, found: blocks.size };
  }

  it("asks for fewer blocks after an answer that had too many, and misses none", async () => {
    const { chunks, found } = await scan(2);
    assert.equal(found, posts);
    assert.deepEqual(
      chunks.slice(0, 4).map(({ blocks }) => blocks),
      [4, 4, 2, 2],
    );
    assert.ok(chunks.slice(2).every(({ count }) => count <= 2));
  });

  it("asks for more and more blocks while little happens in them", async () => {
    const { chunks, found } = await scan(4);
    assert.equal(found, posts);
    const quiet = chunks.filter(({ count }) => count === 0).map(({ blocks }) => blocks);
    assert.ok(quiet.length <= 10, `${quiet.length} answers for ${quietBlocks} quiet blocks`);
    assert.ok(quiet.includes(512));
  });

  it("asks for no more blocks than an RPC took", async () => {
    const { chunks, found } = await scan(10_000, 64);
    assert.equal(found, posts);
    assert.equal(Math.max(...chunks.map(({ blocks }) => blocks)), 64);
  });
});
