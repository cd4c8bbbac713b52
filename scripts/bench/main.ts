// `npm run bench [-- PART…]`: measures everything, or the parts named, beside what it is to be compared with, in the same run; keeps each
// part's figures in docs/benchmarks.json as soon as it has them and writes docs/benchmarks.md. `-- --render` only writes the page again;
// `-- --trial` measures once, to see that it works, and writes nothing.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { load } from "../../test/support/measure.ts";
import type { BenchPart } from "./part.ts";
import { benchParts } from "./parts.ts";
import { renderLines } from "./render-lines.ts";
import { machine, measuredAt, type Part, readResults, writeResults } from "./results.ts";
import { writePage } from "./write-page.ts";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { render: { type: "boolean", default: false }, trial: { type: "boolean", default: false } },
});
const names = values.render ? [] : positionals.length > 0 ? positionals : Object.keys(benchParts);
const unknown = names.filter((name) => !benchParts[name]);
if (unknown.length > 0) {
  process.stderr.write(`no part is called ${unknown.join(", ")}; they are ${Object.keys(benchParts).join(", ")}\n`);
  process.exit(2);
}
process.removeAllListeners("warning"); // node:sqlite and type stripping are used on purpose

const undoing: (() => Promise<unknown>)[] = [];
async function undoAll(): Promise<void> {
  for (const undo of undoing.splice(0).reverse())
    await undo().catch((error: unknown) => process.stderr.write(`not undone: ${String(error)}\n`));
}
// What it started ends with it.
for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => void undoAll().finally(() => process.exit(130)));

async function measure(name: string, part: BenchPart): Promise<void> {
  const about = { measuredAt: measuredAt(), machine: machine(), load: load() };
  const startedAtMs = performance.now();
  const directory = mkdtempSync(join(tmpdir(), "parity-bench-"));
  undoing.push(async () => rmSync(directory, { recursive: true, force: true }));
  const say = (line: string) => process.stderr.write(`${name}: ${line}\n`);
  try {
    const measured = await part.measure({ directory, isTrial: values.trial, say, later: (undo) => undoing.push(undo) });
    const seconds = Math.round((performance.now() - startedAtMs) / 1_000);
    process.stdout.write(`${renderLines(part.heading, measured)}\n`);
    if (!values.trial) keep(name, { ...about, seconds, ...measured });
  } finally {
    await undoAll();
  }
}

function keep(name: string, part: Part): void {
  const results = readResults();
  const measured = { ...results, parts: { ...results.parts, [name]: part } };
  writeResults(measured);
  writePage(measured);
}

const missing: string[] = [];
for (const name of names) {
  const part = benchParts[name];
  try {
    if (part) await measure(name, part);
  } catch (error) {
    process.stderr.write(`${name} was not measured: ${error instanceof Error ? error.stack : String(error)}\n`);
    missing.push(name);
  }
}
if (values.render) writePage(readResults());
if (missing.length > 0) process.stderr.write(`the rest: npm run bench -- ${missing.join(" ")}\n`);
process.exit(missing.length > 0 ? 1 : 0);
