import { readFileSync, writeFileSync } from "node:fs";
import { availableParallelism, cpus, totalmem } from "node:os";
import { z } from "zod";

const row = z.object({
  what: z.string(),
  unit: z.enum(["ms", "s", "blocks", "a minute", "MB/s", "MiB", "gas", "ETH", "calls"]),
  ours: z.number(),
  /** The same thing done by something else in the same run, or what it is to be compared with. */
  beside: z.object({ what: z.string(), value: z.number() }).optional(),
  /** A bound on ours divided by the other. */
  aim: z.union([z.object({ atMost: z.number() }), z.object({ atLeast: z.number() })]).optional(),
  /** What makes the ratio what it is; shown where the aim is missed. */
  why: z.string().optional(),
});

const chart = z.object({
  /** The picture's file is `bench-<name>.svg`. */
  name: z.string(),
  title: z.string(),
  xLabel: z.string(),
  /** What all values are in; they start at zero. */
  yLabel: z.string(),
  /** Positive, ascending; drawn by their logarithm. */
  xs: z.array(z.number()),
  lines: z.array(z.object({ name: z.string(), ys: z.array(z.number()) })),
});

const part = z.object({
  /** ISO 8601, to the minute. */
  measuredAt: z.string(),
  machine: z.string(),
  /** Processes that wanted a processor when it began, on average over a minute. */
  load: z.string(),
  seconds: z.number(),
  rows: z.array(row),
  charts: z.array(chart).optional(),
  notes: z.array(z.string()).optional(),
});

const loadRun = z.object({
  measuredAt: z.string(),
  machine: z.string(),
  minutes: z.number(),
  /** What was asked for and what happened, a name and a value a line. */
  facts: z.array(z.tuple([z.string(), z.string()])),
  /** What everyone had before and has now, wei. */
  balances: z.array(z.object({ who: z.string(), before: z.string(), fees: z.string(), expected: z.string(), after: z.string() })),
  /** Empty where nothing was lost. */
  problems: z.array(z.string()),
});

const results = z.object({ parts: z.record(z.string(), part), loadRun: loadRun.optional() });

/** One line of the table: a figure of ours, beside another's where there is one. */
export type Row = z.infer<typeof row>;
/** Lines over a logarithmic axis. */
export type Chart = z.infer<typeof chart>;
/** What one part of the benchmarks found, and where. */
export type Part = z.infer<typeof part>;
/** What came of a load run. */
export type LoadRun = z.infer<typeof loadRun>;
/** Everything that was measured last. */
export type Results = z.infer<typeof results>;

const file = new URL("../../docs/benchmarks.json", import.meta.url);

/** Reads the results that are committed, or those of an interrupted run. */
export function readResults(): Results {
  return results.parse(JSON.parse(readFileSync(file, "utf8")));
}

/** Writes the results. */
export function writeResults(measured: Results): void {
  writeFileSync(file, `${JSON.stringify(results.parse(measured), null, 2)}\n`);
}

/** Names the machine: its processors, its memory, its system. */
export function machine(): string {
  const model = cpus()[0]?.model.trim() ?? "an unknown processor";
  return `${availableParallelism()} CPUs of ${model}, ${Math.round(totalmem() / 1024 ** 3)} GiB, ${process.platform} ${process.arch}, Node ${process.versions.node}`;
}

/** Now, to the minute. */
export function measuredAt(): string {
  return `${new Date().toISOString().slice(0, 16)}Z`;
}
