import assert from "node:assert/strict";
import type { Hex } from "@parity-protocol/sdk";
import { getBlockNumber } from "viem/actions";
import { type CountingProxy, openCountingProxy } from "./support/counting-proxy.ts";
import { giveLab } from "./support/give-lab.ts";
import { RunnerLab } from "./support/lab.ts";
import { postInBulk } from "./support/post-in-bulk.ts";

/** A sample of what `npm run bench:runner -- scale` measures. */
describe("runner, on a chain with many tasks", function () {
  this.timeout(120_000);
  const blocks = 4;
  /** The posts of two thousand tasks have about as much, and those of all that this file posts more than twice as much. */
  const mostBytes = 3 * 1024 ** 2;
  const anyJob: Hex = `0x${"11".repeat(32)}`;
  let lab: RunnerLab;
  let proxy: CountingProxy;

  giveLab(
    () => RunnerLab.open({ anvil: ["--gas-limit", "1000000000"] }),
    (opened) => {
      lab = opened;
    },
  );
  before(async () => {
    proxy = await openCountingProxy(lab.rpcUrl);
    lab.later(() => proxy.close());
  });

  const post = (count: number) => postInBulk(lab, { count, jobHash: anyJob, bountyWei: 3n, perBlock: 50 });
  const followed = async () => proxy.followedTo(await getBlockNumber(lab.submitter, { cacheTime: 0 }));

  /** What some blocks with a post each cost, but for what the clock alone brings about: looks for a new block, and at the balance. */
  async function callsOfBlocks(): Promise<Record<string, number>> {
    await followed();
    proxy.reset();
    for (let i = 0; i < blocks; i++) {
      await post(1);
      await followed();
    }
    const { poll: _, eth_getBalance: __, ...calls } = Object.fromEntries(proxy.counts);
    return calls;
  }

  it("asks as much a block whether 30 or 2,000 tasks were posted", async () => {
    const runner = await lab.start(1, { change: { RUNNER_RPC_URL: proxy.url, RUNNER_MIN_SHARE_WEI: "1000" } });
    await post(30);
    const few = await callsOfBlocks();
    await post(1_970);
    assert.deepEqual(await callsOfBlocks(), few);
    assert.equal(few.eth_getLogs, blocks);
    await runner.stop();
  });

  it("catches up from the deployment block in answers of a bounded size, however much happened", async () => {
    await post(3_000);
    proxy.reset();
    const runner = await lab.start(2, { change: { RUNNER_RPC_URL: proxy.url, RUNNER_MIN_SHARE_WEI: "1000" } });
    await followed();
    await runner.stop();
    assert.ok(proxy.largestAnswer() < mostBytes, `the largest answer had ${proxy.largestAnswer()} bytes`);
  });
});
