import type { JobSpec } from "@parity-protocol/sdk";
import { type CheckedRun, compareRuns, type Difference } from "./compare-runs.ts";
import { type Factor, type FactorName, factorsAt } from "./factors.ts";
import type { Runs } from "./runs.ts";
import { together } from "./variation.ts";

/** A job at the level where its factors are changed, and its run there without any change. */
export interface Base {
  /** Its level is the one where everything that is not changed stands still. */
  spec: JobSpec;
  run: CheckedRun;
  runs: Runs;
}

/** What moved an output. */
export interface Moved {
  moved: ReadonlyMap<FactorName, Difference>;
  /** Factors under which the job did not end in time: whether they move its output is not known. */
  late: readonly FactorName[];
  /** The difference that several factors made, and none of them alone. */
  onlyTogether?: Difference | undefined;
}

/** Changes all, then each kind, then each factor of a kind that matters: most jobs are done after the first. */
export async function findMoved(base: Base): Promise<Moved> {
  const all = factorsAt(base.spec);
  const whole = await change(base, all);
  if (!whole) return { moved: new Map(), late: [] };
  const groups = [...Map.groupBy(all, ({ kind }) => kind).values()];
  const found = (await allOf(groups.map((group) => changeEach(base, group)))).flat();
  const moved = new Map(found.flatMap(([name, effect]) => (effect === "late" ? [] : [[name, effect] as const])));
  const late = found.flatMap(([name, effect]) => (effect === "late" ? [name] : []));
  return { moved, late, onlyTogether: found.length === 0 && whole !== "late" ? whole : undefined };
}

/** Nothing where the output stayed the same. A run that was not over in time shows only that the change made it slower. */
type Effect = Difference | "late" | undefined;

async function changeEach(base: Base, group: readonly Factor[]): Promise<(readonly [FactorName, Difference | "late"])[]> {
  if (group.length > 1 && !(await change(base, group))) {
    base.runs.spare(group.length);
    return [];
  }
  const effects = await allOf(group.map(async (factor) => [factor.name, await change(base, [factor])] as const));
  return effects.flatMap(([name, effect]) => (effect ? [[name, effect] as const] : []));
}

async function change({ spec, run, runs }: Base, changed: readonly Factor[]): Promise<Effect> {
  const other = await runs.run(spec.determinism.level, together(changed.map((factor) => factor.variation(spec))));
  return other.manifest.outcome === "timed-out" && run.manifest.outcome !== "timed-out" ? "late" : compareRuns(run, other);
}

/** Waits for all, also when one fails: a run that is still going on could not be removed. */
export async function allOf<T>(calls: readonly Promise<T>[]): Promise<T[]> {
  await Promise.allSettled(calls);
  return Promise.all(calls);
}
