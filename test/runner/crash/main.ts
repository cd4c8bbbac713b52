// `npm run test:crash`: kills a runner at every boundary of a task's life, starts it again, and prints what came of each.
import type { RunnerLab } from "../support/lab.ts";
import { openCrashLab } from "./lab.ts";
import { runTrial, type Trial, type TrialOutcome } from "./trial.ts";

const trialsAtOnce = 3;

/** `--only PATTERN`: the boundaries whose names match it. */
const only = new RegExp(process.argv[process.argv.indexOf("--only") + 1 || process.argv.length] ?? "");

async function main(): Promise<void> {
  const lab = await openCrashLab();
  try {
    const recorded = await Promise.all([runTrial(lab, {}), runTrial(lab, { losesJournal: true })]);
    for (const { problems } of recorded) if (problems.length > 0) throw new Error(`without a crash: ${problems.join("; ")}`);
    const boundaries = (recorded[0]?.boundaries ?? []).filter((name) => only.test(name));
    const trials = boundaries.flatMap(trialsAt);
    const outcomes = await runAll(lab, trials);
    report(boundaries, outcomes);
  } finally {
    await lab.endTest({} as Mocha.Context);
    await lab.close();
  }
}

/** What a journal says does not matter where it is lost anyway. */
function trialsAt(at: string): Trial[] {
  return at.includes(" journal ") ? [{ at }] : [{ at }, { at, losesJournal: true }];
}

async function runAll(lab: RunnerLab, trials: readonly Trial[]): Promise<Map<Trial, TrialOutcome>> {
  const outcomes = new Map<Trial, TrialOutcome>();
  const waiting = [...trials];
  const lane = async () => {
    for (let trial = waiting.shift(); trial; trial = waiting.shift()) {
      const outcome = await runTrial(lab, trial);
      outcomes.set(trial, outcome);
      process.stderr.write(
        `${outcomes.size}/${trials.length} ${trial.at}${trial.losesJournal ? ", journal lost" : ""}: ${verdict(outcome)}\n`,
      );
    }
  };
  await Promise.all(Array.from({ length: trialsAtOnce }, lane));
  return outcomes;
}

function verdict({ isReached, transactions, problems }: TrialOutcome): string {
  if (problems.length > 0) return problems.join("; ");
  return isReached ? `settled, ${transactions} transactions` : "not reached";
}

function report(boundaries: readonly string[], outcomes: ReadonlyMap<Trial, TrialOutcome>): void {
  const of = (at: string, losesJournal: boolean) =>
    [...outcomes].find(([trial]) => trial.at === at && (trial.losesJournal ?? false) === losesJournal)?.[1];
  const cell = (outcome: TrialOutcome | undefined) => (outcome ? verdict(outcome) : "-");
  process.stdout.write("| killed | restarted | restarted without its journal |\n|---|---|---|\n");
  for (const at of boundaries) process.stdout.write(`| ${at} | ${cell(of(at, false))} | ${cell(of(at, true))} |\n`);
  const failed = [...outcomes.values()].filter(({ problems }) => problems.length > 0).length;
  const reached = [...outcomes.values()].filter(({ isReached }) => isReached).length;
  process.stdout.write(
    `\n${boundaries.length} boundaries, ${outcomes.size} crashes tried, ${reached} reached, ${failed} with a problem.\n`,
  );
  if (failed > 0) process.exitCode = 1;
}

// The programs that it started end with it.
for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => process.exit(130));
await main();
process.exit();
