import assert from "node:assert/strict";
import { BlockPace } from "../../../runner/chain/block-pace.ts";

function paceOf(...heads: [number: bigint, timestamp: number][]): BlockPace {
  const pace = new BlockPace();
  for (const [number, timestamp] of heads) pace.observe({ number, timestamp });
  return pace;
}

describe("BlockPace", () => {
  const steady: [bigint, number][] = [
    [1n, 100],
    [2n, 130],
    [4n, 154],
    [5n, 167],
    [6n, 180],
  ];

  it("knows nothing before a few heads, so that nothing is given up", () => {
    assert.equal(paceOf(...steady.slice(0, 4)).secondsPerBlock, 0);
    assert.equal(paceOf(...steady.slice(0, 4)).blocksUntil(1_000, 0), Number.POSITIVE_INFINITY);
  });

  it("takes the fastest pace, over blocks that it did not see too", () => {
    assert.equal(paceOf(...steady).secondsPerBlock, 12);
  });

  it("counts the blocks until a deadline, none after it", () => {
    const pace = paceOf(...steady);
    assert.equal(pace.blocksUntil(228, 180), 4);
    assert.equal(pace.blocksUntil(100, 180), 0);
  });

  it("sees no pace in blocks that come when there is something to do", () => {
    assert.equal(paceOf([1n, 0], [2n, 600], [3n, 1_200], [4n, 1_800], [5n, 2_400]).secondsPerBlock, 0);
  });

  it("measures anew after the chain went back", () => {
    assert.equal(paceOf(...steady, [3n, 140]).secondsPerBlock, 0);
  });
});
