import assert from "node:assert/strict";
import { findFirstDifference } from "../../../sandbox/check/first-difference.ts";

const find = (before: string, after: string) => findFirstDifference("stdout", Buffer.from(before), Buffer.from(after));

describe("find the first difference", () => {
  it("tells line, column and the bytes of the word in a text", () => {
    const { kind, at, bytes, before, after } = find("one\nbuilt 2030-01-01 here\n", "one\nbuilt 2031-02-05 here\n");
    assert.deepEqual([kind, at, bytes], ["text", "line 2, column 7", [10, 19]]);
    assert.deepEqual([before, after], ["built 2030-01-01 here", "built 2031-02-05 here"]);
  });

  it("counts bytes, not characters", () => assert.deepEqual(find("äö 1", "äö 2").bytes, [5, 5]));

  it("tells the path in JSON", () => {
    const { kind, at, before, after } = find('{"a":[{"b":1},{"b":2}]}', '{"a":[{"b":1},{"b":3}]}');
    assert.deepEqual([kind, at, before, after], ["json", "$.a[1].b", "2", "3"]);
  });

  it("takes JSON whose value is the same for text", () => assert.equal(find('{"a":1}', '{ "a":1}').kind, "text"));

  it("shows binary data in hexadecimal digits", () => {
    const { kind, at, bytes, before, after } = findFirstDifference("a", Buffer.from([0, 1, 2, 0]), Buffer.from([0, 1, 9, 0]));
    assert.deepEqual([kind, at, bytes, before, after], ["binary", "offset 0x2", [2, 2], "00 01 02 00", "00 01 09 00"]);
  });

  it("shows where one version ends before the other", () => {
    assert.equal(find("same", "same and more").at, "line 1, column 1");
    assert.equal(findFirstDifference("a", Buffer.from([0]), Buffer.from([0, 0])).at, "offset 0x1");
    assert.deepEqual(find("", "x").before, "");
  });

  it("shows a long line around the difference only", () => {
    const { before } = find(`${"x ".repeat(5_000)}1`, `${"x ".repeat(5_000)}2`);
    assert.ok(before.length < 80 && before.includes("1"), before);
  });
});
