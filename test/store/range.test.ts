import assert from "node:assert/strict";
import { rangeOf } from "../../store/http/range.ts";

describe("a Range header for a blob of 100 bytes", () => {
  for (const [header, expected] of [
    ["bytes=0-0", { first: 0, last: 0 }],
    ["bytes=10-19", { first: 10, last: 19 }],
    ["bytes=90-", { first: 90, last: 99 }],
    ["bytes=90-1000", { first: 90, last: 99 }],
    ["bytes=-10", { first: 90, last: 99 }],
    ["bytes=-1000", { first: 0, last: 99 }],
    ["bytes=100-", "beyond"],
    ["bytes=-0", "beyond"],
    ["bytes=20-10", undefined],
    ["bytes=0-1,5-6", undefined],
    ["bytes=-", undefined],
    ["bytes=a-b", undefined],
    ["items=0-1", undefined],
    [undefined, undefined],
  ] as const)
    it(`${header ?? "that is absent"} means ${JSON.stringify(expected) ?? "the whole blob"}`, () => {
      assert.deepEqual(rangeOf(header, 100), expected);
    });

  it("holds nothing of an empty blob", () => {
    assert.equal(rangeOf("bytes=0-", 0), "beyond");
  });
});
