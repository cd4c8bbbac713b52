// `npm run test:faults -- --minutes 10`: three runners work while everything around them fails; then the money is counted.
import { parseArgs } from "node:util";
import { RunnerLab } from "../support/lab.ts";
import { runWithFaults } from "./run.ts";

const { values } = parseArgs({ options: { minutes: { type: "string", default: "10" }, seed: { type: "string" } } });
const seed = Number(values.seed ?? Date.now() % 1_000_000);

// The programs that it started end with it.
for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => process.exit(130));
const lab = await RunnerLab.open({ anvil: [] });
process.stdout.write(`seed ${seed}\n`);
const { tasks, faults, problems } = await runWithFaults(lab, { minutes: Number(values.minutes), hasOwnEngine: true, seed });
process.stdout.write(
  `${tasks} tasks; ${Object.entries(faults)
    .map(([name, times]) => `${name} ${times}`)
    .join(", ")}\n`,
);
process.stdout.write(problems.length === 0 ? "Nothing was lost: each runner was paid to the wei.\n" : `${problems.join("\n")}\n`);
await lab.endTest({} as Mocha.Context);
await lab.close();
process.exit(problems.length === 0 ? 0 : 1);
