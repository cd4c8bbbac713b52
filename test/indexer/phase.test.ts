import assert from "node:assert/strict";
import { isTerminal, phaseOf, type TaskState } from "@parity-protocol/sdk";
import fc from "fast-check";
import { endingOf } from "../../indexer/src/phase.ts";

/** States that a task can come to: no more reveals than commitments, and votes of one output among the reveals. */
const states: fc.Arbitrary<TaskState> = fc
  .record({
    slots: fc.integer({ min: 1, max: 24 }),
    seeds: fc.array(fc.nat(24), { minLength: 4, maxLength: 4 }),
    times: fc.array(fc.nat(100), { minLength: 3, maxLength: 3 }),
  })
  .map(({ slots, seeds: [quorum = 0, committed = 0, revealed = 0, votes = 0], times: [closesAt = 0, delay = 0, window = 0] }) => {
    const taken = Math.min(committed, slots);
    const opened = Math.min(revealed, taken);
    return {
      bountyWei: 1n,
      closesAt,
      revealDelaySeconds: delay,
      revealWindowSeconds: window + 1,
      slots,
      quorum: Math.max(1, Math.min(quorum, slots)),
      reserved: taken,
      committed: taken,
      leadingVotes: Math.min(votes, opened),
      flags: 0,
      revealedMask: 2 ** opened - 1,
    };
  });

describe("endingOf, of the indexer", () => {
  it("says of any time what the SDK's phase is then, once no reveal can come any more", () => {
    const check = (state: TaskState, after: number) => {
      const { quorum, committed, closesAt, leadingVotes } = state;
      const revealed = state.revealedMask.toString(2).replaceAll("0", "").length;
      const revealSeconds = state.revealDelaySeconds + state.revealWindowSeconds;
      const { ending, endsAt } = endingOf({ quorum, committed, revealed, isDecided: leadingVotes >= quorum, closesAt, revealSeconds });
      for (const now of [closesAt - 1, closesAt, closesAt + after, endsAt - 1, endsAt]) {
        const phase = phaseOf(state, now);
        assert.deepEqual([isTerminal(phase), isTerminal(phase) ? phase : ending.toUpperCase()], [now >= endsAt, ending.toUpperCase()]);
      }
    };
    fc.assert(fc.property(states, fc.nat(300), check), { numRuns: 5_000 });
  });
});
