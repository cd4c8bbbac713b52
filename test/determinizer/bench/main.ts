// Measures what differs between runs, by level, and what each level costs; writes both into docs/determinism.md.
// Usage: npm run bench:determinism [-- RUNS]
import { readFile, writeFile } from "node:fs/promises";
import { openBench, run } from "../support/determinized.ts";
import { openCell } from "./cell.ts";
import { measureCosts } from "./costs.ts";
import { comparePrograms, compareSources } from "./matrix.ts";

const document = new URL("../../../docs/determinism.md", import.meta.url);

/** Replaces what stands between the two marks of a table. */
function replaceTable(text: string, name: string, table: string): string {
  const [start, end] = [`<!-- ${name}: generated -->`, `<!-- ${name}: end -->`];
  const [before, rest = ""] = text.split(start);
  return `${before}${start}\n\n${table}\n\n${end}${rest.split(end)[1] ?? ""}`;
}

async function write(name: string, table: string): Promise<void> {
  await writeFile(document, replaceTable(await readFile(document, "utf8"), name, table));
}

const runs = Number(process.argv[2] ?? 6);
const bench = await openBench();
const cell = await openCell(bench);
try {
  const names = (await run(bench.sources, [])).stdout.trim().split("\n");
  await write("programs", await comparePrograms(bench, runs));
  await write("costs", await measureCosts(bench, cell));
  await write("sources", await compareSources(cell, names, runs));
} finally {
  await cell.close();
  await bench.close();
}
