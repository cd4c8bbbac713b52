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

/** The rows as a table in Markdown, with a link to each example. */
export function markdownTable(showings: readonly Showing[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  const rows = showings.map((showing) => {
    const [name = "", level = "", image = "", input = "", time = "", runners = "", verify = "", hash = "", ...rest] = rowOf(showing);
    return line([`[${name}](${name})`, level, image, input, time, runners, verify, hash === "none" ? hash : `\`${hash}\``, ...rest]);
  });
  return [line(titles), line(titles.map(() => "---")), ...rows].join("\n");
}

/** Everything that is not as it should be, one line each. */
export function faultLines(showings: readonly Showing[]): string[] {
  return showings.flatMap((showing) => faultsOf(showing).map((fault) => `${showing.example.name}: ${fault}`));
}
