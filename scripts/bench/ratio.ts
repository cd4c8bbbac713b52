import type { Row } from "./results.ts";

/** How ours stands to the other, where there is another. */
export function ratioOf({ ours, beside }: Row): number | undefined {
  return beside && ours / beside.value;
}

/** Whether a line has an aim that it does not reach. */
export function isMissed(row: Row): boolean {
  const ratio = ratioOf(row);
  if (ratio === undefined || !row.aim) return false;
  return "atMost" in row.aim ? ratio > row.aim.atMost : ratio < row.aim.atLeast;
}
