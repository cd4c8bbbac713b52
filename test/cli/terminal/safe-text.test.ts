import assert from "node:assert/strict";
import { safeJson, safeLines, safeText } from "../../../cli/terminal/safe-text.ts";

describe("printing untrusted text", () => {
  it("shows escape sequences instead of sending them to the terminal", () => {
    assert.equal(safeText("a\u001b[2Jb\u0007"), "a\\u{1b}[2Jb\\u{7}");
    assert.equal(safeText("\u009b31m"), "\\u{9b}31m");
  });

  it("shows characters that reorder, hide or break text", () => {
    assert.equal(safeText("evil\u202ecod.exe"), "evil\\u{202e}cod.exe");
    assert.equal(safeText("one\ntwo\u2028three\u200b"), "one\\u{a}two\\u{2028}three\\u{200b}");
  });

  it("leaves ordinary text of any language alone", () => {
    assert.equal(safeText("Grüße, 世界! 🎉"), "Grüße, 世界! 🎉");
  });

  it("bounds the length and says how much is left out", () => {
    assert.equal(safeText("abcdef", 4), "abcd… (2 more)");
  });

  it("keeps the lines of a longer text, and bounds their number", () => {
    assert.deepEqual(safeLines("a\r\n\tb\n"), ["a", "    b"]);
    assert.deepEqual(safeLines("1\n2\n3", 2), ["1", "2", "… (1 more lines)"]);
  });

  it("keeps JSON equal in value while escaping what a terminal could obey", () => {
    const value = { text: "\u009b31m\u202e😀\ud800", wei: 10n };
    const line = safeJson(value);
    assert.doesNotMatch(line, /[\u0080-\u009f\u202e]/);
    assert.deepEqual(JSON.parse(line), { text: value.text, wei: "10" });
  });
});
