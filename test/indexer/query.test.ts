import assert from "node:assert/strict";
import { readQuery } from "../../indexer/src/api/query.ts";

const read = (text: string) => {
  const query = new URLSearchParams(text);
  return readQuery((key) => query.get(key) ?? "");
};
const first = "show=all&at=1&sheet=1&tasks=25";

describe("readQuery, of the indexer", () => {
  it("reads what the page asks", () => {
    const query = { filter: "live", prefix: "0xab", at: 1_790_000_000, sheet: 3, tasks: 25 };
    assert.deepEqual(read("show=live&search=0xAB&at=1790000000&sheet=3&tasks=25"), query);
  });

  it("reads a search with or without its mark, and one that nothing can match", () => {
    for (const [search, prefix] of [
      ["", "0x"],
      ["0x", "0x"],
      ["0X12", "0x12"],
      ["12", "0x12"],
      ["'; drop table task; --", undefined],
      ["ab%", undefined],
      ["0".repeat(65), undefined],
    ] as const)
      assert.equal(read(`${first}&search=${encodeURIComponent(search)}`)?.prefix, prefix, search);
  });

  it("bounds how much is asked for, and how far", () => {
    const { sheet, tasks } = read("show=all&at=1&sheet=999999999999&tasks=999999") ?? {};
    assert.deepEqual([sheet, tasks], [1_000_000, 100]);
  });

  for (const [text, why] of [
    ["", "an empty query"],
    ["show=some&at=1&sheet=1&tasks=1", "an unknown filter"],
    ["show=all&at=-1&sheet=1&tasks=1", "a time before the first"],
    ["show=all&at=1&sheet=0&tasks=1", "a sheet before the first"],
    ["show=all&at=1&sheet=1&tasks=0", "no tasks"],
    ["show=all&at=1e9&sheet=1&tasks=1", "another notation"],
    ["show=all&at=1&sheet=1.5&tasks=1", "half a sheet"],
  ] as const)
    it(`refuses ${why}`, () => assert.equal(read(text), undefined));
});
