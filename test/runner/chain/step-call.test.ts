import assert from "node:assert/strict";
import type { Address, Hex } from "@parity-protocol/sdk";
import { taskEscrowAbi } from "@parity-protocol/sdk/contracts";
import { decodeFunctionData } from "viem";
import { batchesOf, bondsOf, encodeCalls, maxBatch, type StepCall } from "../../../runner/chain/step-call.ts";
import { hash, runnerAddress, submitter } from "../support/records.ts";

const key = { submitter, termsHash: hash("99") };
const [identity, other] = [hash("01"), hash("02")];

const reserve = (id: string): StepCall => ({
  verb: "reserve",
  taskId: hash(id),
  functionName: "reserveSlot",
  args: [key, "0x"],
  valueWei: 5n,
});
const commit = (id: string, who: Hex = identity): StepCall => ({
  verb: "commit",
  taskId: hash(id),
  functionName: "commitResult",
  args: [key, who, `0x${"77".repeat(31)}`, "0x"],
});
const reveal = (id: string, payee: Address = submitter, who: Hex = identity): StepCall => ({
  verb: "reveal",
  taskId: hash(id),
  functionName: "revealResult",
  args: [hash(id), { identity: who, payee, outputHash: hash("05"), salt: hash("06") }],
});
const namesOf = (batches: StepCall[][]) => batches.map((batch) => batch.map(({ verb, taskId }) => `${verb} ${taskId.slice(-2)}`));

describe("batchesOf", () => {
  it("keeps steps of all verbs together that are of one identity and one payee", () => {
    const calls = [reveal("0a"), commit("0b"), reserve("0c")];
    assert.deepEqual(namesOf(batchesOf(calls)), [["reveal 0a", "commit 0b", "reserve 0c"]]);
  });

  it("parts identities and payees; a reservation goes with the first", () => {
    const calls = [commit("0a"), commit("0b", other), reveal("0c", runnerAddress), reveal("0d"), reserve("0e")];
    assert.deepEqual(namesOf(batchesOf(calls)), [["commit 0a", "reveal 0c", "reserve 0e"], ["commit 0b"], ["reveal 0d"]]);
  });

  it("makes no batch larger than a block takes with room to spare", () => {
    const calls = Array.from({ length: maxBatch + 1 }, () => reserve("0a"));
    assert.deepEqual(
      batchesOf(calls).map(({ length }) => length),
      [maxBatch, 1],
    );
  });
});

describe("encodeCalls", () => {
  const decode = (calls: StepCall[]) => decodeFunctionData({ abi: taskEscrowAbi, data: encodeCalls(calls, runnerAddress) });

  it("makes a single call of a single step", () => {
    assert.equal(decode([reveal("0a")]).functionName, "revealResult");
  });

  it("makes performSteps of several, with the identity and the payee that they name", () => {
    const { functionName, args } = decode([reserve("0a"), commit("0b"), reveal("0c")]);
    assert.equal(functionName, "performSteps");
    const [steps] = args as [
      { identity: Hex; payee: Address; reveals: unknown[]; commits: unknown[]; reservations: unknown[]; claims: unknown[] },
    ];
    assert.equal(steps.identity, identity);
    assert.equal(steps.payee.toLowerCase(), submitter.toLowerCase());
    assert.deepEqual([steps.reveals.length, steps.commits.length, steps.reservations.length, steps.claims.length], [1, 1, 1, 0]);
  });

  it("sends the bonds of all steps", () => {
    assert.equal(bondsOf([reserve("0a"), reserve("0b"), commit("0c")]), 10n);
  });
});
