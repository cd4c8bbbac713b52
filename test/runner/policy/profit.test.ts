import assert from "node:assert/strict";
import { gasInAsset, profitOf } from "../../../runner/policy/profit.ts";

describe("profitOf", () => {
  const parts = { terms: { bountyWei: 1_000n, slots: 3 }, limits: { cpus: 2, timeoutSeconds: 10 }, cpuSecondPriceWei: 5n };

  it("takes gas and all the time that the job may use from the smallest share", () => {
    const profit = profitOf({ ...parts, gasCostInAsset: 33n });
    assert.deepEqual(profit, { shareWei: 333n, gasWei: 33n, cpuSeconds: 20, cpuWei: 100n, profitWei: 200n });
  });

  it("leaves gas out where it cannot be compared", () => {
    assert.equal(profitOf({ ...parts, gasCostInAsset: undefined }).profitWei, 233n);
  });
});

describe("gasInAsset", () => {
  it("values gas in a token, rounded up", () => {
    // One ether is worth 3000 dollars of six decimals.
    assert.equal(gasInAsset(10n ** 15n, 3_000_000_000n), 3_000_000n);
    assert.equal(gasInAsset(1n, 3_000_000_000n), 1n);
  });
});
