import assert from "node:assert/strict";
import { type HeadRelation, relateHeads } from "../../../runner/chain/head.ts";
import { hash } from "../support/records.ts";

const last = { number: 10n, hash: hash("0a") };
const rows: [HeadRelation, what: string, number: bigint, hash: string, parent: string][] = [
  ["same", "the same block", 10n, "0a", "09"],
  ["next", "its child", 11n, "0b", "0a"],
  ["reorganised", "the next number on another parent", 11n, "0b", "ff"],
  ["reorganised", "another block of the same number", 10n, "ff", "09"],
  ["reorganised", "a lower number", 7n, "07", "06"],
  ["ahead", "a block further on", 12n, "0c", "0b"],
];

describe("relateHeads", () => {
  for (const [relation, what, number, own, parent] of rows)
    it(`calls ${what} ${relation}`, () => {
      assert.equal(relateHeads(last, { number, hash: hash(own), parentHash: hash(parent) }), relation);
    });
});
