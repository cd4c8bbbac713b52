// `npm run bench:runner`: what a runner adds to a `docker run` of the same job, and how many tasks a minute it does beside a loop of
// those. `npm run bench:runner -- scale [TASKS]`: what a chain with many tasks costs a runner, and one that holds 200 at once.
import { parseArgs } from "node:util";
import { measureLatency, measureThroughput } from "./pace.ts";
import { measureCatchUp, measureHeld } from "./scale.ts";

const { values, positionals } = parseArgs({ allowPositionals: true, options: { rounds: { type: "string", default: "9" } } });
const [what = "pace", tasks = "100000"] = positionals;
const rounds = Number(values.rounds);
const measures = {
  pace: [() => measureLatency(rounds), () => measureThroughput(rounds)],
  scale: [() => measureCatchUp(Number(tasks)), () => measureHeld()],
};

if ((what !== "pace" && what !== "scale") || !(rounds >= 1) || !/^[1-9]\d{2,6}$/.test(tasks)) {
  process.stderr.write("usage: npm run bench:runner -- [pace | scale [TASKS, 100 to 9999999]] [--rounds N]\n");
  process.exit(2);
}
// The programs that it started end with it.
for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => process.exit(130));
for (const measure of measures[what]) for (const line of await measure()) process.stdout.write(`${line}\n`);
process.exit();
