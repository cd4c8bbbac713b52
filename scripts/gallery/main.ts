// npm run gallery [-- NAME…] [--update]: each example through the whole protocol on a local network; each gives a row of examples/README.md.
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
import { faultLines, pageWith, rowOf, titles } from "./table.ts";

const { values, positionals } = parseArgs({ allowPositionals: true, options: { update: { type: "boolean", default: false } } });
const say = (...lines: readonly string[]) => process.stdout.write(`${lines.join("\n")}\n`);

/** Plays the examples one after the other; one that cannot be played does not keep the others from it. */
async function playAll(stage: Stage, examples: readonly Example[]): Promise<{ showings: Showing[]; failures: string[] }> {
  const showings: Showing[] = [];
  const failures: string[] = [];
  for (const example of examples) {
    try {
      const showing = withExpectation(await playExample(stage, example));
      showings.push(showing);
      writeRow(showing);
      say(rowOf(showing).join("  "), ...faultsOf(showing).map((fault) => `  ${fault}`));
    } catch (error) {
      if (!isParityError(error) || stage.context.signal.aborted) throw error;
      failures.push(`${example.name}: ${error.code}: ${error.message}\n  ${error.hint}`);
      say(failures.at(-1) ?? "");
    }
  }
  return { showings, failures };
}

function writeRow(showing: Showing): void {
  const file = path.join(examplesFolder, "README.md");
  const cpus = `${os.availableParallelism()} CPUs (${os.cpus()[0]?.model.trim() ?? "unknown"})`;
  const machine = `Last on ${cpus}, Linux ${os.release().split("-")[0]}, Node ${process.versions.node}; three runners share the machine.`;
  const known = findExamples().map(({ name }) => name);
  writeFileSync(file, pageWith(readFileSync(file, "utf8"), [showing], { known, machine }));
}

/** With --update, what came out is what is expected; an output that differs between machines has no expectation, so it must be named. */
function withExpectation(showing: Showing): Showing {
  const { expected, ...example } = showing.example;
  const outputHash = showing.answer.accepted?.outputHash;
  const isMeant = values.update && (expected !== undefined || positionals.includes(example.name));
  // On a busy machine a job can run out of time: that is an answer, too, and not one to expect.
  if (!isMeant || !outputHash || faultsOf({ ...showing, example }).length > 0) return showing;
  expectOutput(example, outputHash);
  return { ...showing, example: { ...example, expected: outputHash } };
}

async function main(): Promise<number> {
  process.removeAllListeners("warning"); // node:sqlite and type stripping are used on purpose
  const controller = new AbortController();
  for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const)
    process.on(name, () => controller.abort(new Error(`${name}; all that was started is taken down`)));
  const examples = findExamples(positionals);
  const directory = mkdtempSync(path.join(os.tmpdir(), "parity-gallery-"));
  try {
    const { showings, failures } = await onStage(directory, controller.signal, (stage) => playAll(stage, examples));
    say("", ...columns([titles, ...showings.map(rowOf)]), ...faultLines(showings), ...failures);
    return failures.length + faultLines(showings).length === 0 ? 0 : 2;
  } catch (error) {
    const reason: unknown = controller.signal.aborted ? controller.signal.reason : error;
    process.stderr.write(
      `\n${controller.signal.aborted ? "Stopped" : "The gallery failed"}: ${reason instanceof Error ? reason.message : String(reason)}\n`,
    );
    return controller.signal.aborted ? 130 : 1;
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

process.exit(await main());
