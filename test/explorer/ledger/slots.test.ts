import assert from "node:assert/strict";
import type { Address, Hex, Task, TaskEvent, TaskTerms } from "@parity-protocol/sdk";
import { type Entry, entryOf } from "../../../explorer/ledger/book.ts";
import { slotsOf } from "../../../explorer/ledger/slots.ts";

const word = (digit: string): Hex => `0x${digit.repeat(64)}`;
const seal = (digit: string): Hex => `0x${digit.repeat(62)}`;
const runner: Address = `0x${"ee".repeat(20)}`;
const terms: TaskTerms = {
  bountyWei: 100n,
  bondWei: 0n,
  slots: 3,
  quorum: 2,
  commitDeadline: 1_000,
  revealDelaySeconds: 0,
  revealWindowSeconds: 100,
  gate: runner,
  jobHash: word("f"),
  nonce: 0n,
};

/** A task from what happened in it, in order. */
function entryWith(...happened: { name: TaskEvent["name"]; args: Record<string, unknown> }[]): Entry {
  const place = { blockNumber: 1n, transactionHash: word("0"), blockTime: 500 };
  const events = happened.map((event, logIndex) => ({ ...event, ...place, logIndex })) as unknown as TaskEvent[];
  return entryOf({ terms } as Task, events);
}

const committed = (slot: number, digit: string) => ({
  name: "ResultCommitted" as const,
  args: { identity: word(String(slot)), slot, commitment: seal(digit) },
});
const revealed = (slot: number, outputHash: Hex) => ({
  name: "ResultRevealed" as const,
  args: { identity: word(String(slot)), outputHash, payee: runner, salt: word("0") },
});

describe("slotsOf", () => {
  it("names the slot whose commitment was copied", () => {
    const slots = slotsOf(entryWith(committed(1, "a"), committed(2, "b"), committed(3, "a")), "SEALED");
    assert.deepEqual(
      slots.map(({ copyOf }) => copyOf),
      [undefined, undefined, 1],
    );
  });

  it("does not take the owner for the copier where the copy was mined first, once the owner opened it", () => {
    const slots = slotsOf(entryWith(committed(1, "a"), committed(2, "a"), committed(3, "b"), revealed(2, word("9"))), "REVEALING");
    assert.deepEqual(
      slots.map(({ copyOf }) => copyOf),
      [2, undefined, undefined],
    );
  });

  it("says match, mismatch and no-show of an accepted task", () => {
    const commits = [committed(1, "a"), committed(2, "b"), committed(3, "c")];
    const entry = entryWith(...commits, revealed(1, word("9")), revealed(2, word("9")));
    assert.deepEqual(
      slotsOf(entry, "ACCEPTED").map(({ standing }) => standing),
      ["matched", "matched", "no-show"],
    );
    const withLie = entryWith(...commits, revealed(3, word("8")), revealed(1, word("9")), revealed(2, word("9")));
    assert.deepEqual(
      slotsOf(withLie, "ACCEPTED").map(({ standing }) => standing),
      ["matched", "matched", "mismatched"],
    );
  });
});
