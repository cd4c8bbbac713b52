import { paintFor } from "../../cli/terminal/colour.ts";
import { pad } from "../../cli/terminal/columns.ts";
import { createPrinter, type Printer } from "../../cli/terminal/printer.ts";

const startedAt = performance.now();

/** Colours, on a terminal that wants them. */
export const paint = paintFor(process.stdout);

/** Seconds since the demo began. */
export function elapsed(): string {
  return `${((performance.now() - startedAt) / 1_000).toFixed(1)} s`;
}

/** Prints lines. */
export function say(...lines: readonly string[]): void {
  process.stdout.write(`${lines.join("\n")}\n`);
}

/** Prints a heading with the time so far at its right. */
export function chapter(title: string): void {
  say("", `${paint("strong", pad(title, 66))} ${paint("faint", elapsed())}`);
}

/** Prints `name  value` lines, all chapters' aligned alike. */
export function tell(name: string, value: string): void {
  say(`  ${pad(name, 10)} ${value}`);
}

/** What a check found; a failed one ends the demo. */
export class CheckFailed extends Error {}

/** Prints that a claim is true, or throws when it is not. */
export function check(claim: string, isTrue: boolean, detail = ""): void {
  if (!isTrue) throw new CheckFailed(`${claim}${detail ? ` (${detail})` : ""}`);
  say(`  ${paint("good", "ok")}  ${claim}`);
}

/** The demo tells the steps itself. */
export const quietPrinter: Printer = { ...createPrinter(false), result: () => {}, step: () => {}, progress: () => {} };
