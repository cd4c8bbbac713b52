import assert from "node:assert/strict";
import { gasOfTask } from "../../../runner/chain/gas-tank.ts";
import { gasAheadOf } from "../../../runner/lifecycle/gas-ahead.ts";

const state = {
  bountyWei: 3n,
  slots: 1,
  quorum: 1,
  reserved: 1,
  committed: 0,
  leadingVotes: 0,
  flags: 0,
  revealedMask: 0,
  closesAt: 1_000,
  revealDelaySeconds: 0,
  revealWindowSeconds: 100,
};
const step = gasOfTask / 4n;

describe("gasAheadOf", () => {
  it("counts what a slot still needs, from the reservation to the claim", () => {
    const looks = [
      { slot: "none", hasRevealed: false },
      { slot: "reserved", hasRevealed: false },
      { slot: "committed", hasRevealed: false },
      { slot: "committed", hasRevealed: true },
    ] as const;
    assert.deepEqual(
      looks.map((look) => gasAheadOf({ ...look, state, now: 500 })),
      [0n, 3n * step, 2n * step, step],
    );
  });

  it("leaves a claim at most to a slot that was not filled in time", () => {
    assert.equal(gasAheadOf({ slot: "reserved", hasRevealed: false, state, now: 1_000 }), step);
  });
});
