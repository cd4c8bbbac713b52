// `npm run load [-- TASKS] [--minutes N] [--kill-every SECONDS] [--seed N]`: many tasks while runners are killed, one lies and the store fails; then
// every task, output and wei is looked for. 1,000 tasks unless told; none is posted after so many minutes. Writes its report into docs/benchmarks.md.
// Ctrl-C ends everyone, and tells what was done so far; docs/benchmarks.md keeps the last whole run.
import { parseArgs } from "node:util";
import { load } from "../../test/support/measure.ts";
import { readResults, writeResults } from "../bench/results.ts";
import { writePage } from "../bench/write-page.ts";
import { runLoad } from "./run-load.ts";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    minutes: { type: "string", default: "600" },
    "kill-every": { type: "string", default: "60" },
    seed: { type: "string", default: String(Date.now() % 1_000_000) },
  },
});
const [tasks = "1000"] = positionals;
const [minutes, killEverySeconds, seed] = [values.minutes, values["kill-every"], values.seed].map(Number) as [number, number, number];
if (!/^[1-9]\d{0,4}$/.test(tasks) || !(minutes > 0) || !(killEverySeconds >= 5) || !Number.isSafeInteger(seed)) {
  process.stderr.write("usage: npm run load -- [TASKS, up to 99999] [--minutes N] [--kill-every SECONDS, 5 or more] [--seed N]\n");
  process.exit(2);
}
process.removeAllListeners("warning"); // node:sqlite and type stripping are used on purpose
const interruption = new AbortController();
// More than once: npm passes on what the terminal sends to both.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => interruption.abort(new Error(signal)));

const startedAtMs = performance.now();
const say = (line: string) => process.stdout.write(`${((performance.now() - startedAtMs) / 1_000).toFixed(0).padStart(6)} s  ${line}\n`);
say(`${tasks} tasks, seed ${seed}, load ${load()}`);
const plan = { tasks: Number(tasks), minutes, killEveryMs: killEverySeconds * 1_000, seed };
const report = await runLoad(plan, { say, interrupted: interruption.signal }).catch((error: unknown) => {
  if (!interruption.signal.aborted) throw error;
  say(`interrupted: ${error instanceof Error ? error.message : String(error)}`);
  process.exit(130);
});
if (!interruption.signal.aborted) {
  const results = { ...readResults(), loadRun: report };
  writeResults(results);
  writePage(results);
}
for (const [name, value] of report.facts) process.stdout.write(`${name}: ${value}\n`);
process.stdout.write(
  report.problems.length === 0 ? "Nothing was lost; every account is exact to the wei.\n" : `${report.problems.join("\n")}\n`,
);
process.exit(interruption.signal.aborted ? 130 : report.problems.length === 0 ? 0 : 1);
