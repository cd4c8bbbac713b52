import assert from "node:assert/strict";
import { getTaskState, phaseOf } from "@parity-protocol/sdk";
import fc from "fast-check";
import { encodeAbiParameters, type Hex, keccak256, numberToHex } from "viem";
import { type EscrowChain, startEscrowChain } from "../../support/escrow-chain.ts";

/** The fields of a task's one word, from the low end, as PackedTask.sol lays them out. */
const layout = [
  ["bounty", 96n],
  ["closesAt", 40n],
  ["revealDelay", 24n],
  ["revealWindow", 24n],
  ["slots", 5n],
  ["quorum", 5n],
  ["reserved", 5n],
  ["committed", 5n],
  ["revealedMask", 24n],
  ["leadingMask", 24n],
  ["flags", 4n],
] as const;

type Facts = Record<(typeof layout)[number][0], number>;

function packed(facts: Facts): Hex {
  let word = 0n;
  let at = 0n;
  for (const [name, bits] of layout) {
    word |= BigInt(facts[name]) << at;
    at += bits;
  }
  return numberToHex(word, { size: 32 });
}

/** Up to a number, and half of the time the number itself: a task in which everything was taken and committed is not rare. */
const upTo = (most: number) => fc.oneof(fc.nat(most), fc.constant(most));

/** Facts whose edges lie close to second 0; shifted to the chain's time by the test. */
const facts: fc.Arbitrary<Facts> = fc
  .record({ slots: fc.integer({ min: 1, max: 24 }), seed: upTo(2 ** 24 - 1), leaders: upTo(2 ** 24 - 1) })
  .chain(({ slots, seed, leaders }) =>
    upTo(slots).chain((reserved) =>
      upTo(reserved).chain((committed) => {
        const revealedMask = seed & (2 ** committed - 1);
        return fc.record({
          bounty: fc.oneof({ weight: 1, arbitrary: fc.constant(0) }, { weight: 20, arbitrary: fc.constant(1_000) }),
          closesAt: fc.integer({ min: -40, max: 5 }),
          revealDelay: fc.nat(20),
          revealWindow: fc.integer({ min: 1, max: 20 }),
          slots: fc.constant(slots),
          quorum: fc.integer({ min: Math.floor(slots / 2) + 1, max: slots }),
          reserved: fc.constant(reserved),
          committed: fc.constant(committed),
          revealedMask: fc.constant(revealedMask),
          leadingMask: fc.constant(revealedMask & leaders),
          flags: fc.nat(3),
        });
      }),
    ),
  );

describe("phaseOf", () => {
  let chain: EscrowChain;

  before(async () => {
    chain = await startEscrowChain();
  });

  it("agrees with the contract on any stored facts at any time", async () => {
    const { escrow, submitter, request } = chain;
    const now = await chain.now();
    const seen = new Set<string>();
    await fc.assert(
      fc.asyncProperty(facts, fc.bigInt({ min: 0n, max: 2n ** 64n }), async (anyFacts, id) => {
        const taskId = numberToHex(id, { size: 32 });
        const place = keccak256(encodeAbiParameters([{ type: "bytes32" }, { type: "uint256" }], [taskId, 0n]));
        const word = packed({ ...anyFacts, closesAt: now + anyFacts.closesAt });
        await request({ method: "hardhat_setStorageAt", params: [escrow, place, word] } as never);
        const { state, phase } = await getTaskState(submitter, { escrow, taskId });
        assert.equal(Number(state.bountyWei), anyFacts.bounty, "the word is where the contract keeps it");
        assert.equal(phaseOf(state, now), phase);
        seen.add(phase);
      }),
      { numRuns: 600 },
    );
    assert.deepEqual([...seen].sort(), ["ACCEPTED", "DEAD", "NONE", "OPEN", "REVEALING", "SEALED", "VOID"]);
  });
});
