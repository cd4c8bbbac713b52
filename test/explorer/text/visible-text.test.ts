import assert from "node:assert/strict";
import { fileNameOf, visiblePieces } from "../../../explorer/text/visible-text.ts";

const shown = (text: string, isMultiline = false) =>
  visiblePieces(text, { isMultiline })
    .map((piece) => ("text" in piece ? piece.text : `[${piece.code}]`))
    .join("");

describe("foreign text", () => {
  it("is shown as it is where it only has letters of any script", () => {
    assert.equal(shown("Größe 東京 שלום <b>"), "Größe 東京 שלום <b>");
  });

  it("names every character that would act or hide", () => {
    assert.equal(shown("a\u001b[2Jb"), "a[U+001B][2Jb");
    assert.equal(shown("\u202egpj.exe\u2066\u200b\ufeff\u2028"), "[U+202E]gpj.exe[U+2066][U+200B][U+FEFF][U+2028]");
    assert.equal(shown("\ud800"), "[U+D800]");
    assert.equal(shown("\u{e0041}"), "[U+E0041]");
  });

  it("keeps line feeds and tabs where it has lines, and names them in a name", () => {
    assert.equal(shown("a\tb\nc\r\n", true), "a\tb\nc[U+000D]\n");
    assert.equal(shown("a\tb\nc"), "a[U+0009]b[U+000A]c");
  });
});

describe("fileNameOf", () => {
  for (const [path, name] of [
    ["dir/report.txt", "report.txt"],
    ["../../.bashrc", "_bashrc"],
    ["a/..", "_"],
    ["\u202etxt.exe", "_txt.exe"],
    ['a\\b:c*?"<>|', "a_b_c______"],
    ["", "output"],
    ["x".repeat(300), "x".repeat(120)],
  ] as const)
    it(`offers ${JSON.stringify(name.slice(0, 20))} for ${JSON.stringify(path.slice(0, 20))}`, () => assert.equal(fileNameOf(path), name));
});
