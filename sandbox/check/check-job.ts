import { isParityError, type JobSpec } from "@parity-protocol/sdk";
import { checkLevel } from "../determinism/check-level.ts";
import type { Engine } from "../engine/connect.ts";
import type { Observations } from "./attribute.ts";
import { type CheckedRun, compareRuns, type Difference } from "./compare-runs.ts";
import { type Factor, factors, factorsAt } from "./factors.ts";
import { allOf, findMoved } from "./find-moved.ts";
import { findInstructions } from "./instructions.ts";
import { type CheckRequest, Runs } from "./runs.ts";
import { together } from "./variation.ts";
import { reachVerdict, type Verdict } from "./verdict.ts";

type Level = JobSpec["determinism"]["level"];

/** Without changed factors: twice at each level. */
const plainRuns = 4;
const kinds = new Set(factors.map(({ kind }) => kind)).size;
/** All factors together, each kind, each factor. */
const mostRuns = plainRuns + 1 + kinds + factors.length;

/**
 * Finds out whether a job gives the same output everywhere, and if not, why: runs it twice at each level, then with one thing changed at a
 * time. What is changed together with others and makes no difference is not tried alone.
 * @throws what runJob throws
 */
export async function checkJob(engine: Engine, request: CheckRequest): Promise<Verdict> {
  return withRuns(engine, request, async (runs, isStrictPossible) => {
    const check = { request, runs, base: isStrictPossible ? ("strict@1" as const) : ("standard@1" as const) };
    const [base, repeat, standard, standardRepeat] = await allOf([
      runs.run(check.base),
      runs.run(check.base),
      ...(isStrictPossible ? [runs.run("standard@1"), runs.run("standard@1")] : []),
    ]);
    const pairs = { base: base as CheckedRun, repeat: repeat as CheckedRun, standard, standardRepeat };
    const observed = await observe(check, pairs);
    const all = observed.strictFailure === undefined ? factorsAt(atLevel(request.spec, check.base)) : [];
    const tried = all.filter(({ name }) => !observed.late?.includes(name));
    const own = request.spec.determinism.level === "standard@1" ? (standard ?? pairs.base) : pairs.base;
    const said = observed.strictFailure === undefined ? reasonAtStrict(own, pairs.base) : [];
    const hints = [...said, ...(await findInstructions(request, observed))];
    return { own, observed, tried, hints };
  });
}

/**
 * Finds out in two runs whether a job is fit to be posted at its level: at strict@1, whether two runs are equal; at standard@1, whether a run
 * there equals one at strict@1 in which all is changed that may differ between runners. Checks it whole where they are not.
 * @throws what runJob throws
 */
export async function checkJobQuickly(engine: Engine, request: CheckRequest): Promise<Verdict> {
  const quick = await withRuns(engine, request, async (runs, isStrictPossible) => {
    const { level } = request.spec.determinism;
    const isChanged = level === "standard@1" && isStrictPossible;
    const tried = isChanged ? factors.filter((factor) => factor.fixedBy === "strict@1") : [];
    const changed = together(tried.map((factor) => factor.variation(request.spec)));
    const [own, other] = await allOf([runs.run(level), isChanged ? runs.run("strict@1", changed) : runs.run(level)]);
    const pair = [own as CheckedRun, other as CheckedRun] as const;
    return { own: pair[0], observed: await observeQuickly(...pair), tried, hints: reasonAtStrict(...pair) };
  });
  return quick.isDeterministic || quick.ending.outcome !== "exited" ? quick : checkJob(engine, request);
}

/** The determinizer says what a job asked for in vain; a job that fails at standard@1 may have asked for the same. */
function reasonAtStrict(own: CheckedRun, strict: CheckedRun): string[] {
  return strict.reason === undefined || strict.reason === own.reason ? [] : [`At strict@1: ${strict.reason}`];
}

async function observeQuickly(own: CheckedRun, other: CheckedRun): Promise<Observations> {
  const moved: Observations["moved"] = new Map();
  if (own.manifest.outcome === "timed-out" && other.manifest.outcome === "exited") return { moved, onlyEndsInVirtualTime: true };
  if (own.manifest.outcome !== "exited") return { moved };
  return { moved, repeat: await compareRuns(own, other) };
}

interface Seen {
  own: CheckedRun;
  observed: Observations;
  tried: readonly Factor[];
  hints: readonly string[];
}

async function withRuns(
  engine: Engine,
  request: CheckRequest,
  look: (runs: Runs, isStrictPossible: boolean) => Promise<Seen>,
): Promise<Verdict> {
  const startedAtMs = performance.now();
  const isStrictPossible = await canRunStrict(engine, request.spec);
  const runs = new Runs(engine, request, mostRuns);
  try {
    const { own, observed, tried, hints } = await look(runs, isStrictPossible);
    const untried = factors.filter((factor) => !tried.includes(factor));
    const durationMs = Math.round(performance.now() - startedAtMs);
    return reachVerdict({ spec: request.spec, own, observed, hints, untried, runs: runs.count, durationMs });
  } finally {
    await runs.clear();
  }
}

async function canRunStrict(engine: Engine, spec: JobSpec): Promise<boolean> {
  if (spec.image.platform !== "linux/amd64") return false;
  try {
    await checkLevel(engine, atLevel(spec, "strict@1"));
    return true;
  } catch (error) {
    if (isParityError(error, "LEVEL_UNSUPPORTED") && spec.determinism.level !== "strict@1") return false;
    throw error;
  }
}

function atLevel(spec: JobSpec, level: Level): JobSpec {
  return { ...spec, determinism: { ...spec.determinism, level } };
}

interface Check {
  request: CheckRequest;
  runs: Runs;
  /** Where factors are changed: everything else stands still there. */
  base: Level;
}

interface Pairs {
  base: CheckedRun;
  repeat: CheckedRun;
  standard: CheckedRun | undefined;
  standardRepeat: CheckedRun | undefined;
}

async function observe(check: Check, { base, repeat, standard, standardRepeat }: Pairs): Promise<Observations> {
  const difference = await compareRuns(base, repeat);
  if (difference) return repeatDiffers(check, difference);
  const failure = check.base === "strict@1" ? strictFailureOf(base) : undefined;
  if (failure !== undefined && standard && standardRepeat)
    return { moved: new Map(), strictFailure: failure, standardRepeat: await compareRuns(standard, standardRepeat) };
  if (base.manifest.outcome !== "exited") return { moved: new Map() };
  const found = await findMoved({ spec: atLevel(check.request.spec, check.base), run: base, runs: check.runs });
  if (!standard || !standardRepeat) return found;
  const isLate = [standard, standardRepeat].some(({ manifest }) => manifest.outcome === "timed-out");
  const [between, again] = await Promise.all([compareRuns(base, standard), compareRuns(standard, standardRepeat)]);
  return { ...found, onlyEndsInVirtualTime: isLate, ...(isLate ? {} : { standardRepeat: again, betweenLevels: between }) };
}

/** The determinizer's own exit code: this program cannot be run deterministically, for the reason that it gave. */
const refusedExitCode = 125;

/** Says why strict@1 has no answer to give; nothing where it has one. */
function strictFailureOf({ manifest, reason }: CheckedRun): string | undefined {
  if (manifest.outcome === "exited" && manifest.exitCode !== refusedExitCode) return undefined;
  return reason ?? (manifest.outcome === "exited" ? `It ended with exit code ${refusedExitCode}.` : `It ended as ${manifest.outcome}.`);
}

/** Without the determinizer, a repeat that differs says nothing about its cause. */
function repeatDiffers({ base }: Check, difference: Difference): Observations {
  return base === "strict@1" ? { moved: new Map(), repeat: difference } : { moved: new Map(), standardRepeat: difference };
}
