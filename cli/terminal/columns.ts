import { stripVTControlCharacters } from "node:util";

/** Says how many columns a text takes on a terminal, colours apart. */
export function widthOf(text: string): number {
  return Array.from(stripVTControlCharacters(text)).length;
}

/** Pads a text, colours apart, to a number of columns. */
export function pad(text: string, width: number, side: "left" | "right" = "right"): string {
  const space = " ".repeat(Math.max(0, width - widthOf(text)));
  return side === "right" ? text + space : space + text;
}

/** Aligns rows of cells in columns, two spaces apart; columns named in `rightAligned` end together. */
export function columns(rows: readonly (readonly string[])[], rightAligned: readonly number[] = []): string[] {
  const count = Math.max(0, ...rows.map((row) => row.length));
  const widths = Array.from({ length: count }, (_, i) => Math.max(0, ...rows.map((row) => widthOf(row[i] ?? ""))));
  return rows.map((row) =>
    row
      .map((cell, i) => pad(cell, widths[i] ?? 0, rightAligned.includes(i) ? "left" : "right"))
      .join("  ")
      .trimEnd(),
  );
}

/** Aligns facts as `name  value` lines, indented by two spaces. */
export function facts(pairs: readonly (readonly [name: string, value: string])[]): string[] {
  return columns(pairs).map((line) => `  ${line}`);
}
