import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { type ErrorEntry, errorCatalogue } from "@parity-protocol/sdk";
import { errorAreas } from "../../../scripts/errors-doc/areas.ts";
import { renderErrorsDoc } from "../../../scripts/errors-doc/render.ts";

const root = new URL("../../../", import.meta.url);
const rows: [string, ErrorEntry][] = Object.entries(errorCatalogue);

/** The sources of every room, without the catalogue itself. */
function sources(): string[] {
  const rooms = ["sdk", "sandbox", "store", "runner", "cli", "explorer"];
  return rooms
    .flatMap((room) => globSync(`${room}/**/*.{ts,tsx}`, { cwd: root }))
    .filter((path) => !path.includes("node_modules") && !path.startsWith("sdk/errors/catalogue/"))
    .map((path) => readFileSync(new URL(path, root), "utf8"));
}

describe("the catalogue of errors", () => {
  it("says of every code in whole sentences what it means and what to do next", () => {
    const isSentence = (text: string) => /^\S[^\n]{9,}[.!?]$/.test(text);
    const wrong = rows.filter(
      ([code, { meaning, hint }]) => !/^[A-Z][A-Z0-9]*(_[A-Z0-9]+)*$/.test(code) || !isSentence(meaning) || !isSentence(hint),
    );
    assert.deepEqual(wrong, []);
  });

  it("has a row for every code that the rooms throw", () => {
    const thrown = sources().flatMap((text) => [...text.matchAll(/ParityError\(\s*"([^"]+)"/g)].map(([, code]) => code ?? ""));
    assert.ok(thrown.length > 50, "the pattern finds the codes");
    assert.deepEqual(
      thrown.filter((code) => !(code in errorCatalogue)),
      [],
    );
  });

  it("has no row that no room uses", () => {
    const used = sources().join("\n");
    assert.deepEqual(
      rows.map(([code]) => code).filter((code) => !used.includes(`"${code}"`)),
      [],
    );
  });

  it("has no code in two areas, and no area that docs/errors.md leaves out", () => {
    const codes = errorAreas.flatMap((area) => Object.keys(area.entries));
    assert.equal(new Set(codes).size, codes.length);
    assert.deepEqual(codes.sort(), rows.map(([code]) => code).sort());
  });
});

describe("docs/errors.md", () => {
  it("is what node scripts/generate-errors-doc.ts writes", () => {
    assert.equal(readFileSync(new URL("docs/errors.md", root), "utf8"), renderErrorsDoc(errorAreas));
  });
});
