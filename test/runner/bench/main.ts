// `npm run bench:runner`: what a runner adds to a `docker run` of the same job, and how many tasks a minute it does beside a loop of those.
import { parseArgs } from "node:util";
import { measureLatency, measureThroughput } from "./pace.ts";

const { values } = parseArgs({ options: { rounds: { type: "string", default: "9" } } });

// The programs that it started end with it.
for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => process.exit(130));
for (const measure of [measureLatency, measureThroughput])
  for (const line of await measure(Number(values.rounds))) process.stdout.write(`${line}\n`);
process.exit();
