import assert from "node:assert/strict";
import { urgencyOf } from "../../../runner/chain/urgency.ts";

describe("urgencyOf", () => {
  const tips = (blocks: number) => urgencyOf({ blocks, ms: 1e9 }, 45_000).tipTimes;

  it("offers the usual tip without a deadline, and with many blocks left", () => {
    assert.deepEqual(urgencyOf(undefined, 45_000), { tipTimes: 1n, replaceMs: 45_000 });
    assert.equal(tips(12), 1n);
  });

  it("offers more the fewer blocks are left", () => {
    assert.deepEqual([11, 5, 2, 0].map(tips), [2n, 4n, 8n, 8n]);
  });

  it("replaces early enough for four attempts, and not more often than each second", () => {
    assert.equal(urgencyOf({ blocks: 9, ms: 60_000 }, 45_000).replaceMs, 15_000);
    assert.equal(urgencyOf({ blocks: 1, ms: 100 }, 45_000).replaceMs, 1_000);
  });
});
