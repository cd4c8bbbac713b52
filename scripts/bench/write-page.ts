import { writeFileSync } from "node:fs";
import { drawChart } from "./draw-chart.ts";
import { benchParts } from "./parts.ts";
import { renderPage } from "./render-page.ts";
import type { Results } from "./results.ts";

const docs = new URL("../../docs/", import.meta.url);

/** Writes docs/benchmarks.md and its pictures. */
export function writePage(results: Results): void {
  const headings = Object.fromEntries(Object.entries(benchParts).map(([name, { heading }]) => [name, heading]));
  writeFileSync(new URL("benchmarks.md", docs), renderPage(results, headings));
  for (const chart of Object.values(results.parts).flatMap(({ charts = [] }) => charts))
    writeFileSync(new URL(`images/bench-${chart.name}.svg`, docs), drawChart(chart));
}
