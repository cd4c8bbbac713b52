// npm run traps [-- WHAT…]: checks every case and every example's trap as `parity check` does, and their cures, and writes what was said
// into docs/making-jobs-deterministic.md. WHAT is part of a case's program, or the name of a tool or an example; nothing else is checked then.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { type Case, cases, type Tool, tools } from "./cases.ts";
import { Checker, type Said, trappedExamples } from "./check-job.ts";
import { keyOf, pageFile, readVerdicts, renderPage, type Verdicts, verdictsFile } from "./page.ts";

const wanted = process.argv.slice(2);
const isWanted = (name: string) => wanted.length === 0 || wanted.some((part) => name.includes(part));
const surprises: string[] = [];
const checker = await Checker.open();
try {
  for (const one of cases.filter((each) => isWanted(keyOf(each)))) await checkCase(one);
  for (const tool of (Object.keys(tools) as Tool[]).filter(isWanted)) await checkCures(tool);
  for (const name of trappedExamples().filter(isWanted)) await checkExample(name);
} finally {
  await checker.close();
}
process.stderr.write(surprises.map((surprise) => `${surprise}\n`).join(""));
process.exitCode = surprises.length > 0 ? 1 : 0;

async function checkCase(one: Case): Promise<void> {
  const said = await checker.checkProgram(one.tool, one.wrong);
  record("cases", keyOf(one), said);
  process.stdout.write(`${keyOf(one)}: ${said.causes.join(", ") || "nothing"}\n`);
  if (said.causes.join() !== one.causes.join()) surprises.push(`${keyOf(one)}: not ${one.causes.join()}, but\n${said.lines.join("\n")}`);
}

/** All of a tool's cures are one program: when it is deterministic, so is each of them. */
async function checkCures(tool: Tool): Promise<void> {
  const texts = cases.filter((one) => one.tool === tool).map(({ right }) => right);
  const said = await checker.checkProgram(tool, (tool === "Node.js" ? texts.map((text) => `{ ${text} }`) : texts).join("\n"));
  process.stdout.write(`${tool}, cured: ${said.causes.join(", ") || "nothing"}\n`);
  if (!said.isDeterministic) surprises.push(`${tool}'s cures:\n${said.lines.join("\n")}`);
}

async function checkExample(name: string): Promise<void> {
  const itself = await checker.checkExample(name, ".");
  if (!itself.isDeterministic) surprises.push(`The example ${name}:\n${itself.lines.join("\n")}`);
  const trap = await checker.checkExample(name, "trap");
  record("examples", name, trap);
  process.stdout.write(`${name}: ${trap.causes.join(", ") || "nothing"}\n`);
}

/** After each, for all of them take long; in the order of the page. */
function record(part: keyof Verdicts, key: string, said: Said): void {
  const known: Verdicts = existsSync(verdictsFile) ? readVerdicts() : { cases: {}, examples: {} };
  const inOrder = (all: Record<string, Said>, keys: readonly string[]) =>
    Object.fromEntries(keys.flatMap((name): [string, Said][] => (all[name] ? [[name, all[name]]] : [])));
  known[part][key] = said;
  const verdicts = { cases: inOrder(known.cases, cases.map(keyOf)), examples: inOrder(known.examples, trappedExamples()) };
  writeFileSync(verdictsFile, `${JSON.stringify(verdicts, null, 2)}\n`);
  writeFileSync(pageFile, renderPage(readFileSync(pageFile, "utf8"), verdicts));
}
