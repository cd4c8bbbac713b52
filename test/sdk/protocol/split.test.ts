import assert from "node:assert/strict";
import { bondPayoutOf, type Phase, payoutOf, reclaimableOf, shareOf, unearnedForfeitsOf } from "@parity-protocol/sdk";
import fc from "fast-check";
import { anyState } from "../../support/protocol-builders.ts";

/** A closed task with `matching` of `revealed` of `committed` of `reserved` slots, in the phase that follows from them. */
const closedTask = fc
  .record({
    slots: fc.integer({ min: 1, max: 24 }),
    bountyWei: fc.bigInt({ min: 24n, max: 2n ** 96n - 1n }),
    parts: fc.tuple(fc.nat(24), fc.nat(24), fc.nat(24), fc.nat(24)),
  })
  .map(({ slots, bountyWei, parts }) => {
    const [matching = 0, revealed = 0, committed = 0, reserved = 0] = parts.map((part) => Math.min(part, slots)).sort((a, b) => a - b);
    const quorum = Math.floor(slots / 2) + 1;
    const isDead = committed < quorum;
    const state = anyState({
      slots,
      quorum,
      bountyWei,
      reserved,
      committed,
      leadingVotes: isDead ? 0 : matching,
      revealedMask: isDead ? 0 : 2 ** revealed - 1,
    });
    const phase: Phase = isDead ? "DEAD" : matching >= quorum ? "ACCEPTED" : "VOID";
    return { state, phase, bondWei: bountyWei / BigInt(slots) };
  });

describe("payoutOf and reclaimableOf", () => {
  it("give out exactly what came in, whatever happened (I2)", () => {
    fc.assert(
      fc.property(closedTask, ({ state, phase, bondWei }) => {
        let paidOut = reclaimableOf(state, phase, bondWei);
        for (let i = 0; i < state.reserved; i++) {
          const hasRevealed = ((state.revealedMask >>> i) & 1) === 1;
          const isMatching = i < state.leadingVotes;
          const { shareWei, bondWei: bond } = payoutOf({
            state,
            phase,
            bondWei,
            hasCommitted: i < state.committed,
            hasRevealed,
            isMatching,
          });
          paidOut += shareWei + bond;
        }
        assert.equal(paidOut, state.bountyWei + bondWei * BigInt(state.reserved));
      }),
    );
  });

  it("return a bond to every revealer, whether it matched or not (I15)", () => {
    const state = anyState({ reserved: 4, committed: 4, leadingVotes: 3, revealedMask: 0b1111 });
    const liar = payoutOf({ state, phase: "ACCEPTED", bondWei: 7n, hasCommitted: true, hasRevealed: true, isMatching: false });
    assert.deepEqual(liar, { shareWei: 0n, bondWei: 7n });
  });
});

describe("shareOf", () => {
  it("rounds down, and leaves the remainder to the submitter", () => {
    const state = anyState({ bountyWei: 1_000n, reserved: 3, committed: 3, leadingVotes: 3, revealedMask: 0b111 });
    assert.equal(shareOf(state, "ACCEPTED"), 333n);
    assert.equal(reclaimableOf(state, "ACCEPTED", 0n), 1n);
  });

  it("is nothing without a quorum, and the submitter gets the whole bounty back", () => {
    const state = anyState({ bountyWei: 1_000n, reserved: 3, committed: 3, leadingVotes: 2, revealedMask: 0b111 });
    assert.equal(shareOf(state, "VOID"), 0n);
    assert.equal(reclaimableOf(state, "VOID", 0n), 1_000n);
  });
});

describe("bondPayoutOf", () => {
  it("divides the forfeits of those who did not reveal among those who did", () => {
    const state = anyState({ reserved: 5, committed: 4, leadingVotes: 3, revealedMask: 0b111 });
    assert.equal(bondPayoutOf(state, "ACCEPTED", 10n), 10n + 6n);
    assert.equal(unearnedForfeitsOf(state, "ACCEPTED", 10n), 2n);
  });

  it("in a dead task divides the forfeits of those who only reserved among those who committed", () => {
    assert.equal(bondPayoutOf(anyState({ reserved: 5, committed: 2 }), "DEAD", 10n), 25n);
  });

  it("in a dead task in which nobody committed sends every bond home", () => {
    const state = anyState({ reserved: 4, committed: 0 });
    const payout = payoutOf({ state, phase: "DEAD", bondWei: 10n, hasCommitted: false, hasRevealed: false, isMatching: false });
    assert.deepEqual(payout, { shareWei: 0n, bondWei: 10n });
    assert.equal(unearnedForfeitsOf(state, "DEAD", 10n), 0n);
  });

  it("gives the forfeits to the submitter where nobody revealed", () => {
    assert.equal(unearnedForfeitsOf(anyState({ reserved: 4, committed: 3 }), "VOID", 10n), 40n);
  });
});
