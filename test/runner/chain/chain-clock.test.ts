import assert from "node:assert/strict";
import { createChainClock } from "../../../runner/chain/chain-clock.ts";

describe("chain clock", () => {
  function clockAt(ms: number) {
    const hand = { ms };
    return { hand, clock: createChainClock(() => hand.ms) };
  }

  it("goes on from the last reading by what has passed, whatever the host's clock says", () => {
    const { hand, clock } = clockAt(5_000_000);
    clock.set(1_000);
    hand.ms += 2_500;
    assert.equal(clock.now(), 1_002);
    assert.equal(clock.msUntil(1_003), 500);
    assert.equal(clock.msUntil(900), 0);
  });

  it("keeps its fraction of a second where a reading agrees with it, since readings are cut off", () => {
    const { hand, clock } = clockAt(0);
    clock.set(1_000);
    hand.ms += 1_700;
    clock.set(1_001);
    assert.equal(clock.msUntil(1_002), 300);
  });

  it("follows a chain whose time was moved, forwards and backwards", () => {
    const { clock } = clockAt(0);
    clock.set(1_000);
    clock.set(9_000);
    assert.equal(clock.now(), 9_000);
    clock.set(500);
    assert.equal(clock.now(), 500);
  });

  it("is never behind a block, and is not set back by one", () => {
    const { hand, clock } = clockAt(0);
    clock.set(1_000);
    clock.atLeast(1_005);
    assert.equal(clock.now(), 1_005);
    hand.ms += 3_000;
    clock.atLeast(1_005);
    assert.equal(clock.now(), 1_008);
  });
});
