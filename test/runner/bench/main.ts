// `npm run bench:runner`: what a runner adds to a `docker run` of the same job, and how many tasks a minute it does beside a loop of
// those. `npm run bench:runner -- scale [TASKS]`: what a chain with many tasks costs a runner, and one that holds 200 at once.
import { parseArgs } from "node:util";
import { load } from "../../support/measure.ts";
import { measureLatency, measureThroughput } from "./pace.ts";
import { measureCatchUp, measureHeld } from "./scale.ts";

const { values, positionals } = parseArgs({ allowPositionals: true, options: { rounds: { type: "string", default: "9" } } });
const [what = "pace", tasks = "100000"] = positionals;
const rounds = Number(values.rounds);
const measures = { pace: [latency, throughput], scale: [catchUp, held] };

async function latency(): Promise<string[]> {
  const { dockerMs, taskMs, ownMs } = await measureLatency(rounds);
  return [
    `docker run                  ${dockerMs.toFixed(0)} ms (median of ${rounds}, in turn with the next; load ${load()})`,
    `mined post -> sent commit   ${taskMs.toFixed(0)} ms`,
    `of our own                  ${ownMs.toFixed(0)} ms; ratio ${(taskMs / dockerMs).toFixed(2)}`,
  ];
}

async function throughput(): Promise<string[]> {
  const { jobs, concurrency, ...loops } = await measureThroughput(Math.ceil(rounds / 3));
  const { dockerPerMinute: plain, tasksPerMinute: ours } = loops;
  return [
    `docker run, ${concurrency} at a time     ${plain.toFixed(0)} a minute (median of ${loops.rounds} times ${jobs}; load ${load()})`,
    `tasks, ${concurrency} at a time          ${ours.toFixed(0)} a minute; ratio ${(ours / plain).toFixed(2)}`,
  ];
}

async function catchUp(): Promise<string[]> {
  const figures = await measureCatchUp([Number(tasks) / 100, Number(tasks) / 10, Number(tasks)].map(Math.ceil));
  const rows = figures.map((each) => [
    String(each.tasks).padEnd(9),
    `${each.seconds.toFixed(1)} s`.padEnd(13),
    mib(each.peakBytes).padEnd(13),
    mib(each.largestAnswerBytes).padEnd(16),
    each.callsABlock.toFixed(2),
  ]);
  return ["tasks     catching up   peak memory   largest answer   RPC calls a block afterwards", ...rows.map((row) => row.join(" "))];
}

async function held(): Promise<string[]> {
  const rows = (await measureHeld()).map((each) => [
    String(each.tasks).padEnd(12),
    each.callsABlock.toFixed(2).padEnd(19),
    `${each.committedSeconds.toFixed(0)} s`.padEnd(15),
    `${each.paidSeconds.toFixed(0)} s, to the wei`,
  ]);
  return ["tasks held   RPC calls a block   all committed   all paid", ...rows.map((row) => row.join(" "))];
}

function mib(bytes: number): string {
  return `${(bytes / 1024 ** 2).toFixed(bytes < 10 * 1024 ** 2 ? 1 : 0)} MiB`;
}

if ((what !== "pace" && what !== "scale") || !(rounds >= 1) || !/^[1-9]\d{2,6}$/.test(tasks)) {
  process.stderr.write("usage: npm run bench:runner -- [pace | scale [TASKS, 100 to 9999999]] [--rounds N]\n");
  process.exit(2);
}
// The programs that it started end with it.
for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => process.exit(130));
for (const measure of measures[what]) for (const line of await measure()) process.stdout.write(`${line}\n`);
process.exit();
