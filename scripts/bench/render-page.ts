import { isMissed, ratioOf } from "./ratio.ts";
import type { LoadRun, Part, Results, Row } from "./results.ts";

/** The parts in the order of the page, with their headings. */
export type Headings = Readonly<Record<string, string>>;

/** Writes the page of all results. Pure. */
export function renderPage({ parts, loadRun }: Results, headings: Headings): string {
  const measured = Object.keys(headings).flatMap((name) => (parts[name] ? [{ heading: headings[name] ?? name, ...parts[name] }] : []));
  return `${[
    "# Benchmarks",
    "Generated from [benchmarks.json](benchmarks.json) by `npm run bench` and `npm run load`. Each ratio is ours divided by the other, both measured in turn in the same run; each figure is a median. `npm run bench -- PART…` measures some parts again: " +
      `${Object.keys(headings)
        .map((name) => `\`${name}\``)
        .join(", ")}.`,
    tableOf(measured),
    ...whereOf(measured),
    ...missedOf(measured),
    ...measured.flatMap(chartsOf),
    ...(loadRun ? loadRunOf(loadRun) : []),
  ].join("\n\n")}\n`;
}

type Section = Part & { heading: string };

function tableOf(sections: readonly Section[]): string {
  const lines = sections.flatMap(({ heading, rows }) => [`| **${heading}** | | | | |`, ...rows.map(lineOf)]);
  return ["| | ours | beside it | ratio | aim |", "|---|---|---|---|---|", ...lines].join("\n");
}

function lineOf(row: Row): string {
  const { what, unit, ours, beside, aim } = row;
  const ratio = ratioOf(row);
  const cells = [
    what,
    figure(ours, unit),
    beside ? `${figure(beside.value, unit)} ${beside.what}` : "",
    ratio === undefined ? "" : ratio.toFixed(2),
    aim ? `${aimOf(aim)}${isMissed(row) ? ", **missed**" : ""}` : "",
  ];
  return `| ${cells.join(" | ")} |`;
}

function aimOf(aim: NonNullable<Row["aim"]>): string {
  return "atMost" in aim ? `≤ ${aim.atMost.toFixed(2)}` : `≥ ${aim.atLeast.toFixed(2)}`;
}

/** Writes a figure with as many digits as it is worth. */
export function figure(value: number, unit: Row["unit"]): string {
  if (unit === "gas") return Math.round(value).toLocaleString("en-US");
  if (unit === "ETH") return `${value.toLocaleString("en-US", { maximumSignificantDigits: 3 })} ETH`;
  const digits = value < 10 && !Number.isInteger(value) ? 2 : 0;
  const text = value.toLocaleString("en-US", { maximumFractionDigits: digits, minimumFractionDigits: digits });
  return unit === "a minute" ? `${text} a minute` : `${text} ${unit}`;
}

/** Where each part was measured; once for all where it was the same machine. */
function whereOf(sections: readonly Section[]): string[] {
  const lines = sections.map(
    ({ heading, measuredAt, load, seconds, notes }) =>
      `- ${heading}: ${measuredAt}, load ${load} when it began, ${seconds.toFixed(0)} s.${(notes ?? []).map((note) => ` ${note}`).join("")}`,
  );
  const machines = [...new Set(sections.map(({ machine }) => machine))];
  return machines.length === 0 ? [] : [`Measured on ${machines.join("; and on ")}.`, lines.join("\n")];
}

function missedOf(sections: readonly Section[]): string[] {
  const missed = sections.flatMap(({ rows }) => rows.filter(isMissed));
  const reasons = Map.groupBy(missed, ({ why }) => why ?? "Not explained yet.");
  const lines = [...reasons].map(([why, rows]) => `- ${rows.map(({ what }) => what).join(" · ")}: ${why}`);
  return missed.length === 0 ? [] : ["## Where an aim is missed", lines.join("\n")];
}

function chartsOf({ heading, charts = [] }: Section): string[] {
  if (charts.length === 0) return [];
  const pictures = charts.map(({ name, title, xs, lines, xLabel, yLabel }) => {
    const rows = lines.map((line) => `| ${line.name} | ${line.ys.map((y) => shortNumber(y)).join(" | ")} |`);
    const head = [`| ${yLabel}, by ${xLabel} | ${xs.map(shortNumber).join(" | ")} |`, `|---|${xs.map(() => "---|").join("")}`];
    return `![${title}](images/bench-${name}.svg)\n\n${[...head, ...rows].join("\n")}`;
  });
  return [`## ${heading}`, ...pictures];
}

function shortNumber(value: number): string {
  return value.toLocaleString("en-US", { maximumFractionDigits: value < 100 ? 1 : 0 });
}

function loadRunOf({ measuredAt, machine, minutes, facts, balances, problems }: LoadRun): string[] {
  const sums = balances.map(({ who, before, fees, expected, after }) => {
    const isExact = expected === after;
    return `| ${who} | ${before} | ${fees} | ${expected} | ${after} | ${isExact ? "exact" : "**wrong**"} |`;
  });
  return [
    "## A load run",
    `\`npm run load\`, ${measuredAt}, ${minutes.toFixed(1)} minutes on ${machine}.`,
    ["| | |", "|---|---|", ...facts.map(([name, value]) => `| ${name} | ${value} |`)].join("\n"),
    problems.length === 0
      ? "**Nothing was lost, and every account is exact to the wei.**"
      : problems.map((problem) => `- ${problem}`).join("\n"),
    ["| wei | before | gas fees | expected | after | |", "|---|---|---|---|---|---|", ...sums].join("\n"),
  ];
}
