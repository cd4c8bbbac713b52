import assert from "node:assert/strict";
import { type Address, type Hex, identityOf, type TaskEvent } from "@parity-protocol/sdk";
import { balanceSheet } from "../../../scripts/load/balance-sheet.ts";

const [submitter, runner, payee]: Address[] = ["0x01", "0x02", "0x03"].map((end): Address => `0x${"0".repeat(38)}${end.slice(2)}`);
const taskId: Hex = `0x${"aa".repeat(32)}`;
const identity = identityOf(runner ?? "0x");
const event = (name: TaskEvent["name"], args: object) =>
  ({ name, args: { taskId, ...args }, blockNumber: 1n, logIndex: 0, transactionHash: taskId }) as unknown as TaskEvent;

const life = [
  event("TaskPosted", { submitter, terms: { bounty: 100n } }),
  event("SlotReserved", { identity, runner }),
  event("ResultCommitted", { identity }),
  event("PayoutClaimed", { identity, payee, share: 99n, bond: 5n }),
  event("BountyReclaimed", { submitter, amount: 1n }),
];
const costs = [{ from: runner as Address, verb: "commitResult", gas: 2n, feeWei: 7n }];

/** What is expected of each, all having had 1,000 wei. */
function expected(events: readonly TaskEvent[]): string[] {
  const accounts = [submitter, runner, payee].map((address) => ({ who: String(address), address: address as Address }));
  const before = new Map(accounts.map(({ address }) => [address, 1_000n]));
  return balanceSheet(accounts, { before, after: before }, { events, costs, bondWei: 5n, open: new Set() }).map((line) => line.expected);
}

describe("balanceSheet", () => {
  it("takes the bounty from the submitter and gives back what was reclaimed", () => assert.equal(expected(life)[0], "901"));

  it("takes fees and one bond a slot from the runner, reserved first or not", () => {
    assert.equal(expected(life)[1], "988");
    assert.equal(expected(life.filter(({ name }) => name !== "SlotReserved"))[1], "988");
  });

  it("gives share and bond to the payee", () => assert.equal(expected(life)[2], "1104"));

  it("leaves with the escrow what open tasks have not paid out, and nothing of others", () => {
    const [escrow]: Address[] = [`0x${"e".repeat(40)}`];
    const heldAfter = (events: readonly TaskEvent[], open: ReadonlySet<Hex>) => {
      const before = new Map([[escrow as Address, 0n]]);
      const accounts = [{ who: "the escrow", address: escrow as Address, isEscrow: true }];
      return balanceSheet(accounts, { before, after: before }, { events, costs, bondWei: 5n, open })[0]?.expected;
    };
    assert.equal(heldAfter(life.slice(0, 3), new Set([taskId])), "105");
    assert.equal(heldAfter(life.slice(0, 4), new Set([taskId])), "1");
    assert.equal(heldAfter(life, new Set([taskId])), "0");
    assert.equal(heldAfter(life, new Set()), "0");
    assert.equal(heldAfter(life.slice(0, 4), new Set()), "0");
  });
});
