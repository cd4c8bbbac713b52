import { formatSize } from "../../cli/units/size.ts";
import { exitCodeOf, faultsOf } from "./judge.ts";
import type { Showing } from "./play-example.ts";
import { RUNNERS } from "./stage.ts";

/** The titles of a row's cells. */
export const titles = ["example", "level", "image", "input", "time", "runners", "verify", "output hash", "expected", "given garbage"];

/** One row about an example's showing. */
export function rowOf(showing: Showing): string[] {
  const { example, level, imageBytes, inputBytes, answer, verified, garbled } = showing;
  const hash = answer.accepted?.outputHash;
  const isSame = verified !== undefined && verified.outputHash === hash;
  return [
    example.name,
    level,
    formatSize(imageBytes),
    formatSize(inputBytes),
    verified ? `${(verified.durationMs / 1_000).toFixed(1)} s` : "",
    `${answer.matching} of ${RUNNERS}, ${answer.paid} paid`,
    isSame ? "same" : "differs",
    hash ? `${hash.slice(0, 14)}…` : "none",
    expectationOf(showing),
    `exit ${exitCodeOf(garbled) ?? "none"}, ${garbled.matching} of ${RUNNERS}, ${garbled.paid} paid`,
  ];
}

function expectationOf({ example, answer }: Showing): string {
  if (!example.expected) return "by machine";
  return example.expected === answer.accepted?.outputHash ? "same" : "differs";
}

/** The generated part of a page is between these two lines. */
const [begin, end] = ["<!-- npm run gallery writes from here -->", "<!-- to here -->"];

/** Puts showings into a page's table: each example has one row, rows of examples that are not `known` any more go. */
export function pageWith(
  page: string,
  showings: readonly Showing[],
  { known, machine }: { known: readonly string[]; machine: string },
): string {
  const [before, after] = [page.slice(0, page.indexOf(begin)), page.slice(page.indexOf(end))];
  const rows = new Map([...page.matchAll(/^\| \[([^\]]+)\]\(\1\) \|.*$/gm)].map(([row, name = ""]) => [name, row]));
  for (const showing of showings) rows.set(showing.example.name, markdownRow(showing));
  const sorted = known.flatMap((name) => rows.get(name) ?? []);
  return `${before}${[begin, line(titles), line(titles.map(() => "---")), ...sorted].join("\n")}\n\n${machine}\n${after}`;
}

function markdownRow(showing: Showing): string {
  const hash = showing.answer.accepted?.outputHash.slice(0, 14);
  return line(rowOf(showing).map((cell, i) => (i === 0 ? `[${cell}](${cell})` : hash && cell.startsWith(hash) ? `\`${cell}\`` : cell)));
}

function line(cells: readonly string[]): string {
  return `| ${cells.join(" | ")} |`;
}

/** Everything that is not as it should be, one line each. */
export function faultLines(showings: readonly Showing[]): string[] {
  return showings.flatMap((showing) => faultsOf(showing).map((fault) => `${showing.example.name}: ${fault}`));
}
