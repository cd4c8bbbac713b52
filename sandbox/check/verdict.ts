import type { JobSpec, OutputManifest } from "@parity-protocol/sdk";
import { attribute, type FoundCause, type Observations } from "./attribute.ts";
import { type CauseName, causeWords } from "./causes.ts";
import type { CheckedRun } from "./compare-runs.ts";
import { type Factor, type FactorName, factors } from "./factors.ts";
import type { FirstDifference } from "./first-difference.ts";

/** Where a job may run: in a container with an engine's defaults, or at a level. */
export const places = ["plain", "standard@1", "strict@1"] as const;

export type Place = (typeof places)[number];

/** Why an output differs, in words. */
export interface Cause {
  cause: CauseName;
  factor?: FactorName;
  /** "The output depends on today's date: bytes 12-22 of stdout changed when the clock started 400 days later." */
  summary: string;
  fix: string;
  first?: FirstDifference;
  /** The first level under which it makes no difference; null where no level holds it still. */
  cure: Place | null;
}

/** How the job ended at its own level. */
export interface Ending {
  outcome: OutputManifest["outcome"];
  exitCode?: number;
  isExpected: boolean;
  /** What the sandbox said about it, such as which limit was exceeded. */
  reason?: string;
}

/** What a check found out about a job. */
export interface Verdict {
  level: JobSpec["determinism"]["level"];
  /** Whether every runner should get the same output at the job's level, as far as this machine can tell. */
  isDeterministic: boolean;
  ending: Ending;
  /** Where the output is the same everywhere, the least demanding place first. */
  safeUnder: readonly Place[];
  causes: readonly Cause[];
  /** Facts that may matter and decide nothing. */
  hints: readonly string[];
  /** Factors that were not changed: this machine cannot, or nothing at the job's level can differ in them. */
  untried: readonly FactorName[];
  runs: number;
  durationMs: number;
  /** How long one run of the job took at its level. */
  jobMs: number;
}

/** What a verdict is made of. */
export interface Findings {
  spec: JobSpec;
  /** The run at the job's own level. */
  own: CheckedRun;
  observed: Observations;
  hints: readonly string[];
  untried: readonly Factor[];
  runs: number;
  durationMs: number;
}

/** Turns what a check saw into its verdict. */
export function reachVerdict({ spec, own, observed, hints, untried, runs, durationMs }: Findings): Verdict {
  const { level } = spec.determinism;
  const found = attribute(observed);
  const { strictFailure } = observed;
  const isKnown = (place: Place) => place === level || !untried.some((factor) => place === "plain" || factor.fixedBy === "strict@1");
  const isAnswered = (place: Place) => place !== "strict@1" || strictFailure === undefined;
  const safeUnder = safePlaces(found, own).filter((place) => isKnown(place) && isAnswered(place));
  return {
    level,
    isDeterministic: safeUnder.includes(level),
    ending: endingOf(spec, own),
    safeUnder,
    causes: found.map(describeCause),
    hints: [...(strictFailure === undefined || level === "strict@1" ? [] : [`strict@1 has no answer: ${strictFailure}`]), ...hints],
    untried: untried.map(({ name }) => name),
    runs,
    durationMs,
    jobMs: own.durationMs,
  };
}

/** A run that broke a limit gives no output, and how far it came depends on the machine; unless only real time was the limit. */
function safePlaces(found: readonly FoundCause[], { manifest }: CheckedRun): Place[] {
  if (manifest.outcome !== "exited" && !found.some(({ cause }) => cause === "waiting")) return [];
  const cures = found.map(({ cause }) => causeWords[cause].cure);
  if (cures.includes(undefined)) return [];
  const first = Math.max(0, ...cures.map((cure) => places.indexOf(cure ?? "plain")));
  return places.slice(first);
}

function endingOf(spec: JobSpec, { manifest, reason }: CheckedRun): Ending {
  const said = reason === undefined ? {} : { reason };
  if (manifest.outcome !== "exited") return { outcome: manifest.outcome, isExpected: false, ...said };
  const { outcome, exitCode } = manifest;
  return { outcome, exitCode, isExpected: exitCode === spec.expect.exitCode, ...said };
}

function describeCause({ cause, factor, difference }: FoundCause): Cause {
  const { on, fix, cure } = causeWords[cause];
  const changed = factors.find(({ name }) => name === factor);
  const seen = difference ? `: ${whatChanged(difference.first)} ${whenChanged(cause, changed)}` : "";
  return {
    cause,
    ...(factor ? { factor } : {}),
    summary: `The output depends on ${on}${seen}.`,
    fix,
    ...(difference ? { first: difference.first } : {}),
    cure: cure ?? null,
  };
}

/** "bytes 12-22 of stdout changed" */
function whatChanged(first: FirstDifference): string {
  if (first.kind === "exit") return `the job ended with ${first.after} instead of ${first.before}`;
  if (first.kind === "files") return `the list of files changed (${first.before}, ${first.after})`;
  if (!first.bytes) return `${first.in} changed`;
  const [from, to] = first.bytes;
  return `${from === to ? `byte ${from}` : `bytes ${from}-${to}`} of ${first.in} changed`;
}

function whenChanged(cause: CauseName, changed: Factor | undefined): string {
  if (changed) return `when ${changed.change}`;
  if (cause === "combination") return "when everything was changed at once";
  if (cause === "machine") return "between standard@1 and strict@1";
  return cause === "scheduling" ? "from one run at standard@1 to the next" : "from one run to the next, with everything held still";
}
