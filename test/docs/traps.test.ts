import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { type CauseName, causeNames } from "@parity-protocol/sandbox";
import { causeWords } from "../../sandbox/check/causes.ts";
import { cases } from "./traps/cases.ts";
import { Checker, trappedExamples } from "./traps/check-job.ts";
import { keyOf, pageFile, readVerdicts, renderPage } from "./traps/page.ts";

const page = readFileSync(pageFile, "utf8");
const verdicts = readVerdicts();

describe("making jobs deterministic, by its page", () => {
  it("quotes what was said, word for word", () => assert.equal(renderPage(page, verdicts), page));

  it("has a line for everything that a check can name", () => {
    const table = page.slice(page.indexOf("## By what the check says"), page.indexOf("## Python"));
    const missing = causeNames.filter((cause) => !table.includes(beginningOf(cause)));
    assert.deepEqual(missing, []);
  });

  it("quotes every case, and every trap that an example has", () => {
    assert.deepEqual(Object.keys(verdicts.cases), cases.map(keyOf));
    assert.deepEqual(Object.keys(verdicts.examples), trappedExamples());
  });

  it("says of each case what it is there to show", () => {
    for (const one of cases) assert.deepEqual(verdicts.cases[keyOf(one)]?.causes, one.causes, keyOf(one));
  });

  it("finds in each trap what the example says that it has", () => {
    for (const [name, said] of Object.entries(verdicts.examples)) assert.deepEqual(said.causes, expectedOf(name), name);
  });

  // npm run traps checks all of them.
  it("quotes for a bundle's time stamp what is said today", async () => {
    const checker = await Checker.open();
    try {
      assert.deepEqual((await checker.checkExample("bundle", "trap")).lines, verdicts.examples.bundle?.lines);
    } finally {
      await checker.close();
    }
  }).timeout(300_000);
});

/** Enough of a cause's words to find it: "today's date", "how fast time passes". */
function beginningOf(cause: CauseName): string {
  return (causeWords[cause].on.split(/[:,]/)[0] ?? "").trim();
}

function expectedOf(name: string): unknown {
  const file = path.resolve(import.meta.dirname, "../../examples", name, "trap/expected.json");
  assert.ok(existsSync(file), `${file} is missing`);
  return (JSON.parse(readFileSync(file, "utf8")) as { causes: unknown }).causes;
}
