// npm run gallery [-- NAME…] [--update]: each example through the whole protocol on a local network; the table goes into examples/README.md.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { isParityError } from "@parity-protocol/sdk";
import { columns } from "../../cli/terminal/columns.ts";
import { type Example, examplesFolder, expectOutput, findExamples } from "./examples.ts";
import { faultsOf } from "./judge.ts";
import { playExample, type Showing } from "./play-example.ts";
import { onStage, type Stage } from "./stage.ts";
import { faultLines, markdownTable, rowOf, titles } from "./table.ts";

const { values, positionals } = parseArgs({ allowPositionals: true, options: { update: { type: "boolean", default: false } } });
const say = (...lines: readonly string[]) => process.stdout.write(`${lines.join("\n")}\n`);

/** Plays the examples one after the other; one that cannot be played does not keep the others from it. */
async function playAll(stage: Stage, examples: readonly Example[]): Promise<{ showings: Showing[]; failures: string[] }> {
  const showings: Showing[] = [];
  const failures: string[] = [];
  for (const example of examples) {
    try {
      const showing = await playExample(stage, example);
      showings.push(showing);
      say(rowOf(showing).join("  "), ...faultsOf(showing).map((fault) => `  ${fault}`));
    } catch (error) {
      if (!isParityError(error) || stage.context.signal.aborted) throw error;
      failures.push(`${example.name}: ${error.code}: ${error.message}\n  ${error.hint}`);
      say(failures.at(-1) ?? "");
    }
  }
  return { showings, failures };
}

/** The generated part of examples/README.md is between these two lines. */
const [begin, end] = ["<!-- npm run gallery writes from here -->", "<!-- to here -->"];

function writeTable(showings: readonly Showing[]): void {
  const file = path.join(examplesFolder, "README.md");
  const text = readFileSync(file, "utf8");
  const machine = `${os.cpus().length} CPUs (${os.cpus()[0]?.model.trim() ?? "unknown"}), Linux ${os.release().split("-")[0]}, Node ${process.versions.node}`;
  const part = `${begin}\n${markdownTable(showings)}\n\nMeasured on ${machine}, three runners sharing the machine.\n${end}`;
  const written = text.slice(0, text.indexOf(begin)) + part + text.slice(text.indexOf(end) + end.length);
  writeFileSync(file, written);
}

/** An output that differs from machine to machine is expected nowhere: only who is named, or was expected before, gets a hash. */
function update(showings: readonly Showing[], named: readonly string[]): void {
  for (const { example, answer } of showings)
    if (answer.accepted && (example.expected || named.includes(example.name))) expectOutput(example, answer.accepted.outputHash);
}

async function main(): Promise<number> {
  process.removeAllListeners("warning"); // node:sqlite and type stripping are used on purpose
  const controller = new AbortController();
  for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(name, () => controller.abort(new Error(name)));
  const examples = findExamples(positionals);
  const directory = mkdtempSync(path.join(os.tmpdir(), "parity-gallery-"));
  try {
    const { showings, failures } = await onStage(directory, controller.signal, (stage) => playAll(stage, examples));
    say("", ...columns([titles, ...showings.map(rowOf)]), ...faultLines(showings), ...failures);
    if (values.update) update(showings, positionals);
    const isWhole = positionals.length === 0 && failures.length === 0;
    if (isWhole) writeTable(showings);
    return failures.length + faultLines(showings).length === 0 ? 0 : 2;
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

process.exit(await main());
