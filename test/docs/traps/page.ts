import { readFileSync } from "node:fs";
import path from "node:path";
import { type Case, cases, tools } from "./cases.ts";
import type { Said } from "./check-job.ts";

/** docs/making-jobs-deterministic.md, whose tables and verdicts are written from verdicts.json. */
export const pageFile = path.resolve(import.meta.dirname, "../../../docs/making-jobs-deterministic.md");
export const verdictsFile = path.join(import.meta.dirname, "verdicts.json");

/** What was said of each case and of each example's trap when all of them were checked last. */
export interface Verdicts {
  /** By the program that one writes first. */
  cases: Record<string, Said>;
  examples: Record<string, Said>;
}

export function readVerdicts(): Verdicts {
  return JSON.parse(readFileSync(verdictsFile, "utf8")) as Verdicts;
}

/** Names a case among all. */
export function keyOf({ tool, wrong }: Case): string {
  return `${tool}: ${wrong}`;
}

/** Writes what was said into the page's generated parts. */
export function renderPage(page: string, { cases: said, examples }: Verdicts): string {
  const tables = Object.keys(tools).map((tool) => [tool, tableOf(tool, said)] as const);
  return [...tables, ["examples", Object.entries(examples).map(showExample).join("\n\n")] as const].reduce(
    (text, [name, part]) => replacePart(text, name, part),
    page,
  );
}

function tableOf(tool: string, said: Verdicts["cases"]): string {
  const rows = cases
    .filter((one) => one.tool === tool)
    .map((one) => [code(one.wrong), said[keyOf(one)]?.summaries.map(withoutBeginning).join("; ") ?? "", code(one.right)]);
  return [["first written", "it depends on", "instead"], ["---", "---", "---"], ...rows].map((row) => `| ${row.join(" | ")} |`).join("\n");
}

/** The column's head says what all of them begin with. */
function withoutBeginning(summary: string): string {
  return summary.replace(/^The output depends on /, "").replace(/\.$/, "");
}

/** A table's cell ends at a bar, also within code. */
function code(text: string): string {
  const escaped = text.replaceAll("|", "\\|");
  return escaped.includes("`") ? `\`\` ${escaped} \`\`` : `\`${escaped}\``;
}

function showExample([name, { lines }]: [string, Said]): string {
  return `### ${name}\n\n\`\`\`\n$ parity check examples/${name}/trap\n${lines.join("\n").trim()}\n\`\`\``;
}

function replacePart(text: string, name: string, part: string): string {
  const [start, end] = [`<!-- ${name}: generated -->`, `<!-- ${name}: end -->`];
  const [before, rest] = text.split(start);
  if (rest === undefined) throw new Error(`${pageFile} has no part ${name}.`);
  return `${before}${start}\n\n${part}\n\n${end}${rest.split(end)[1] ?? ""}`;
}
