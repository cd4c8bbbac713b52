import { columns } from "../../cli/terminal/columns.ts";
import type { Measured } from "./part.ts";
import { isMissed, ratioOf } from "./ratio.ts";
import { figure } from "./render-page.ts";

/** Writes a part's lines for a terminal. */
export function renderLines(heading: string, { rows, notes = [] }: Measured): string {
  const cells = rows.map((row) => {
    const { what, unit, ours, beside } = row;
    const ratio = ratioOf(row)?.toFixed(2) ?? "";
    return [
      what,
      figure(ours, unit),
      beside ? `${figure(beside.value, unit)} ${beside.what}` : "",
      ratio,
      isMissed(row) ? "aim missed" : "",
    ];
  });
  return ["", heading, ...columns(cells, [1, 3]).map((line) => `  ${line}`), ...notes.map((note) => `  ${note}`)].join("\n");
}
