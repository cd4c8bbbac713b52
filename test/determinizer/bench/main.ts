// Measures what differs between runs, by level, and what each level costs; writes both into docs/determinism.md.
// Two engines take part: the machine's, and one that it starts. Needs root.
// Usage: npm run bench:determinism [-- RUNS_PER_ENGINE [TABLE...]]; tables: arithmetic, workloads, programs, costs, sources
import { readFile, writeFile } from "node:fs/promises";
import { connectEngine } from "@parity-protocol/sandbox";
import { openBench, run } from "../support/determinized.ts";
import { compareArithmetic } from "./arithmetic.ts";
import { openCell, packCell, sourceCommand } from "./cell.ts";
import { measureCosts } from "./costs.ts";
import { compareInCells, comparePrograms } from "./matrix.ts";
import { openSecondEngine } from "./second-engine.ts";
import { addWorkloads, workloads } from "./workloads.ts";

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

const runs = Number(process.argv[2] ?? 3);
const parts = new Set(process.argv.slice(3));
const isWanted = (name: string) => parts.size === 0 || parts.has(name);
const bench = await openBench();
if (isWanted("arithmetic")) await write("arithmetic", await compareArithmetic(bench));
const second = await openSecondEngine();
const first = await connectEngine({ dockerHost: process.env.DOCKER_HOST });
const archive = await packCell(bench, addWorkloads);
const cells = [await openCell(first, bench, archive), await openCell(second.engine, bench, archive)];
try {
  const sources = (await run(bench.sources, [])).stdout.trim().split("\n");
  const sourceCommands = Object.fromEntries(sources.map((name) => [name, sourceCommand(name)]));
  const compared = { runsPerEngine: runs };
  if (isWanted("workloads"))
    await write("workloads", await compareInCells(cells, { ...compared, what: "workloads", commands: workloads, isWhole: true }));
  if (isWanted("programs")) await write("programs", await comparePrograms(bench, 2 * runs));
  if (isWanted("costs") && cells[0]) await write("costs", await measureCosts(bench, cells[0]));
  if (isWanted("sources"))
    await write("sources", await compareInCells(cells, { ...compared, what: "sources", commands: sourceCommands, isWhole: false }));
} finally {
  for (const cell of cells) await cell.close();
  await second.close();
  await bench.close();
}
