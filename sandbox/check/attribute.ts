import { type CauseName, causeOfFactor, causeWords } from "./causes.ts";
import type { Difference } from "./compare-runs.ts";
import { type FactorName, factorNames } from "./factors.ts";
import { isCovered, type Places } from "./places.ts";

/** What a check saw: by which single change, or without any, the output became another. */
export interface Observations {
  /** Of each factor that moved the output when it alone was changed. */
  moved: ReadonlyMap<FactorName, Difference>;
  /** Factors under which the job did not end in time. */
  late?: readonly FactorName[];
  /** What several factors made, and none of them alone. */
  onlyTogether?: Difference | undefined;
  /** Of two runs that were the same in everything. */
  repeat?: Difference | undefined;
  /** Of two runs at standard@1. */
  standardRepeat?: Difference | undefined;
  /** Between a run at standard@1 and one at strict@1. */
  betweenLevels?: Difference | undefined;
  /** Why strict@1 gave no answer. */
  strictFailure?: string;
  /** Whether the job ended in virtual time and would not in real time. */
  onlyEndsInVirtualTime?: boolean;
}

/** A cause, and the factor whose change brought it to light. */
export interface FoundCause {
  cause: CauseName;
  factor?: FactorName;
  difference?: Difference;
}

/** Factors that say what the machine or its surroundings are; a fine clock or an address moves with each of them, and is the cause then. */
const bystanders: readonly FactorName[] = [
  "turns",
  "kernel",
  "memory",
  "cpus",
  "hostname",
  "home",
  "time-zone",
  "locale",
  "threads",
  "hash-seed",
  "cpu-features",
  "source-date",
  "variables",
];

/** Names why an output differs, from what moved it and where. */
export function attribute(observed: Observations): FoundCause[] {
  if (observed.repeat) return [{ cause: isOfTime(observed.repeat) ? "time-limit" : "uncontrolled", difference: observed.repeat }];
  const found = factorNames.flatMap((factor) => causeOf(factor, observed.moved));
  if (observed.onlyTogether) found.push({ cause: "combination", difference: observed.onlyTogether });
  if (observed.onlyEndsInVirtualTime) found.push({ cause: "waiting" });
  // Whatever standard@1 holds still explains no difference there.
  if (found.some(({ cause }) => causeWords[cause].cure === "strict@1")) return found;
  // What differs from run to run, whatever is changed, and not under strict: only the order of threads is left.
  if (observed.standardRepeat) found.push({ cause: "scheduling", difference: observed.standardRepeat });
  else if (observed.betweenLevels && !observed.onlyEndsInVirtualTime) found.push({ cause: "machine", difference: observed.betweenLevels });
  return found;
}

/** Whether only one of two runs was over in time. */
function isOfTime({ first }: Difference): boolean {
  return first.kind === "exit" && [first.before, first.after].includes("timed-out");
}

function causeOf(factor: FactorName, moved: Observations["moved"]): FoundCause[] {
  const difference = moved.get(factor);
  if (!difference || isExplained(factor, difference.places, moved)) return [];
  const isFine = factor === "date" && isShared(difference.places, moved.get("pace")?.places);
  return [{ cause: isFine ? "time-stamp" : causeOfFactor[factor], factor, difference }];
}

/** Says whether a place that a factor moved is moved by a more telling factor in any case. */
function isExplained(factor: FactorName, places: Places, moved: Observations["moved"]): boolean {
  const by = (...names: FactorName[]) =>
    isCovered(
      places,
      names.flatMap((name) => moved.get(name)?.places ?? []),
    );
  if (factor === "pace") return by("date", "file-times");
  if (factor === "time-zone" && by("date", "file-times")) return true;
  if (factor === "turns" && by("date", "file-times", "pace", "seed", "addresses", "file-numbers", "process-numbers")) return true;
  return bystanders.includes(factor) && by("pace", "addresses");
}

function isShared(places: Places, others: Places | undefined): boolean {
  return others !== undefined && [...places].some((place) => others.has(place));
}
