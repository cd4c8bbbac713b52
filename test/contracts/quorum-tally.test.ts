import assert from "node:assert/strict";
import { maxUint256 } from "viem";
import { type Chain, openChain } from "./support/chain.ts";

/** What a solver cannot see through (`npm run prove` leaves it out) is tried instead. */
describe("QuorumTally.countOf", () => {
  let chain: Chain;
  let probe: Awaited<ReturnType<Chain["deploy"]>>;
  before(async () => {
    chain = await openChain();
    probe = await chain.deploy("mocks/TallyProbe");
  });
  after(() => chain.close());

  const firstWrong = (from: number, step: number, times: number) =>
    chain.read({ to: probe.address, abi: probe.abi, fn: "firstWrong", args: [from, step, times] });

  it("counts every mask of the low 12 slots, and every mask of the high 12", async () => {
    assert.equal(await firstWrong(0, 1, 4096), maxUint256);
    assert.equal(await firstWrong(0, 4096, 4096), maxUint256);
  });

  it("counts masks all over the 24 bits, the fullest among them", async () => {
    assert.equal(await firstWrong(0xffffff - 4095, 1, 4096), maxUint256);
    assert.equal(await firstWrong(1, 4099, 4092), maxUint256); // a prime step reaches all low parts beside all high ones
  });
});
