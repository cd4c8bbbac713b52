import assert from "node:assert/strict";
import { hasRevealed, isDecided, nextPhaseChange, phaseOf, revealedCount } from "@parity-protocol/sdk";
import { anyState } from "../../support/protocol-builders.ts";

const full = { reserved: 5, committed: 5 };

describe("phaseOf", () => {
  it("is NONE for a task that was never posted", () => {
    assert.equal(phaseOf(anyState({ bountyWei: 0n, slots: 0, quorum: 0, closesAt: 0 }), 5_000), "NONE");
  });

  describe("given a task with too few commitments", () => {
    const state = anyState({ reserved: 5, committed: 2 });

    it("is OPEN until the second before the deadline, and DEAD from the deadline on", () => {
      assert.equal(phaseOf(state, 999), "OPEN");
      assert.equal(phaseOf(state, 1_000), "DEAD");
      assert.equal(phaseOf(state, 9_999), "DEAD");
    });
  });

  describe("given a quorum of commitments", () => {
    const state = anyState({ reserved: 4, committed: 3 });

    it("is SEALED during the reveal delay and REVEALING during the window", () => {
      assert.deepEqual(
        [999, 1_000, 1_009, 1_010, 1_109].map((now) => phaseOf(state, now)),
        ["OPEN", "SEALED", "SEALED", "REVEALING", "REVEALING"],
      );
    });

    it("is VOID at the end of the window when no hash has a quorum", () => {
      assert.equal(phaseOf({ ...state, revealedMask: 0b011, leadingVotes: 1 }, 1_110), "VOID");
    });

    it("is ACCEPTED at the end of the window when a hash has a quorum, and REVEALING before", () => {
      const decided = { ...state, committed: 4, revealedMask: 0b0111, leadingVotes: 3 };
      assert.equal(phaseOf(decided, 1_109), "REVEALING");
      assert.equal(phaseOf(decided, 1_110), "ACCEPTED");
    });
  });

  it("skips SEALED when there is no reveal delay", () => {
    assert.equal(phaseOf(anyState({ ...full, revealDelaySeconds: 0 }), 1_000), "REVEALING");
  });

  it("closes as soon as every committed slot has revealed", () => {
    assert.equal(phaseOf(anyState({ ...full, revealedMask: 0b11111, leadingVotes: 3 }), 1_011), "ACCEPTED");
    assert.equal(phaseOf(anyState({ ...full, revealedMask: 0b11111, leadingVotes: 2 }), 1_011), "VOID");
  });

  it("stays OPEN with every slot reserved, as long as one has not committed", () => {
    assert.equal(phaseOf(anyState({ reserved: 5, committed: 4 }), 999), "OPEN");
  });
});

describe("isDecided", () => {
  it("holds from the quorum's last vote on", () => {
    assert.equal(isDecided(anyState({ leadingVotes: 2 })), false);
    assert.equal(isDecided(anyState({ leadingVotes: 3 })), true);
    assert.equal(isDecided(anyState({ leadingVotes: 5 })), true);
  });

  it("does not hold for a task that was never posted", () => {
    assert.equal(isDecided(anyState({ bountyWei: 0n, slots: 0, quorum: 0 })), false);
  });
});

describe("revealedCount", () => {
  it("counts all 24 slots", () => {
    assert.equal(revealedCount(anyState({ slots: 24, revealedMask: 0xff_ff_ff })), 24);
    assert.equal(revealedCount(anyState({ slots: 24, revealedMask: 0x80_00_01 })), 2);
  });

  it("agrees with hasRevealed on every slot", () => {
    const state = anyState({ slots: 24, revealedMask: 0xa5_a5_a5 });
    const numbers = Array.from({ length: 24 }, (_, i) => i + 1);
    assert.equal(numbers.filter((number) => hasRevealed(state, number)).length, revealedCount(state));
  });
});

describe("nextPhaseChange", () => {
  it("names the second in which an open task dies or is sealed", () => {
    assert.deepEqual(nextPhaseChange(anyState(), 1), { at: 1_000, phase: "DEAD" });
    assert.deepEqual(nextPhaseChange(anyState(full), 1_000), { at: 1_010, phase: "REVEALING" });
    assert.deepEqual(nextPhaseChange(anyState({ reserved: 3, committed: 3 }), 1), { at: 1_000, phase: "SEALED" });
  });

  it("names the end of the reveal window", () => {
    assert.deepEqual(nextPhaseChange(anyState(full), 1_010), { at: 1_110, phase: "VOID" });
    assert.deepEqual(nextPhaseChange(anyState({ ...full, leadingVotes: 3, revealedMask: 7 }), 1_010), { at: 1_110, phase: "ACCEPTED" });
  });

  it("is undefined in a terminal phase", () => {
    assert.equal(nextPhaseChange(anyState(), 1_000), undefined);
    assert.equal(nextPhaseChange(anyState(full), 1_110), undefined);
  });
});
