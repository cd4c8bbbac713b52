import assert from "node:assert/strict";
import { figure, renderPage } from "../../../scripts/bench/render-page.ts";
import type { Part, Results, Row } from "../../../scripts/bench/results.ts";

const headings = { jobs: "The jobs", store: "The store" };
const row = (change: Partial<Row> = {}): Row => ({
  what: "a job",
  unit: "ms",
  ours: 120,
  beside: { what: "docker run", value: 100 },
  ...change,
});
const part = (rows: Row[], change: Partial<Part> = {}): Part => ({
  measuredAt: "2026-11-22T20:00Z",
  machine: "2 CPUs",
  load: "0.1",
  seconds: 7,
  rows,
  ...change,
});
const render = (parts: Results["parts"]) => renderPage({ parts }, headings);

describe("renderPage", () => {
  it("shows each figure beside the other's, with their ratio", () => {
    assert.match(render({ jobs: part([row()]) }), /\| a job \| 120 ms \| 100 ms docker run \| 1\.20 \|/);
  });

  it("says where an aim is missed, and why, once for all with the same reason", () => {
    const missed = { aim: { atMost: 1.1 }, why: "a fixed price" };
    const page = render({ jobs: part([row(missed), row({ ...missed, what: "another" })]) });
    assert.match(page, /≤ 1\.10, \*\*missed\*\*/);
    assert.match(page, /- a job · another: a fixed price/);
  });

  it("calls no aim missed that is reached, from either side", () => {
    const page = render({ jobs: part([row({ aim: { atMost: 1.2 } }), row({ aim: { atLeast: 1.2 } })]) });
    assert.doesNotMatch(page, /missed/);
  });

  it("keeps the page's order whatever was measured first, and leaves out what was not", () => {
    const page = render({ store: part([row({ what: "get" })]), jobs: part([row()]) });
    assert.ok(page.indexOf("**The jobs**") < page.indexOf("**The store**"));
    assert.doesNotMatch(render({ jobs: part([row()]) }), /\*\*The store\*\*/);
  });

  it("names every machine that took part", () => {
    const page = render({ jobs: part([row()]), store: part([row()], { machine: "64 CPUs" }) });
    assert.match(page, /Measured on 2 CPUs; and on 64 CPUs\./);
  });

  it("says which account of a load run is wrong", () => {
    const sums = { before: "10", fees: "1", expected: "9" };
    const balances = [
      { who: "runner 1", ...sums, after: "9" },
      { who: "runner 2", ...sums, after: "8" },
    ];
    const loadRun = { measuredAt: "2026-11-22T20:00Z", machine: "2 CPUs", minutes: 3, facts: [], balances, problems: ["lost"] };
    const page = renderPage({ parts: {}, loadRun }, headings);
    assert.match(page, /runner 1 .* exact \|/);
    assert.match(page, /runner 2 .* \*\*wrong\*\* \|/);
    assert.doesNotMatch(page, /Nothing was lost/);
  });
});

describe("figure", () => {
  it("writes as many digits as a figure is worth", () => {
    assert.equal(figure(1234.56, "ms"), "1,235 ms");
    assert.equal(figure(1.234, "s"), "1.23 s");
    assert.equal(figure(482041, "gas"), "482,041");
    assert.equal(figure(0.00000482041, "ETH"), "0.00000482 ETH");
  });
});
