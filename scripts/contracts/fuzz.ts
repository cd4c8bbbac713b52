import { parseArgs } from "node:util";
import { runLifecycles } from "../../test/contracts/fuzz/lifecycles.ts";

const { values } = parseArgs({
  options: { lifecycles: { type: "string", default: "10000" }, seed: { type: "string" }, chunk: { type: "string", default: "250" } },
});
const lifecycles = Number(values.lifecycles);
const chunk = Number(values.chunk);
const firstSeed = Number(values.seed ?? Math.floor(Math.random() * 2 ** 31));

const started = performance.now();
const reached = new Map<string, number>();
let [done, calls, seed] = [0, 0, firstSeed];
console.log(
  `fuzz: ${lifecycles} lifecycles from seed ${firstSeed} (repeat: npm run fuzz -- --seed ${firstSeed} --lifecycles ${lifecycles})`,
);
while (done < lifecycles) {
  // Two chains at a time, one an asset: small chains stay quick, and a failure names a seed that repeats in seconds.
  const reports = await Promise.all((["native", "token"] as const).map((asset) => runLifecycles({ seed, lifecycles: chunk / 2, asset })));
  for (const report of reports) {
    done += report.lifecycles;
    calls += report.calls;
    for (const [name, times] of report.reached) reached.set(name, (reached.get(name) ?? 0) + times);
  }
  seed++;
  console.log(`fuzz: ${done} lifecycles, ${calls} calls, ${((performance.now() - started) / 1000).toFixed(0)} s`);
}
console.log(
  [...reached]
    .sort(([a], [b]) => a.localeCompare(b))
    .map(([name, times]) => `  ${name}: ${times}`)
    .join("\n"),
);
console.log(`fuzz: no difference between the contract and the model in ${done} lifecycles (${calls} calls)`);
process.exit(0); // the in-process chains keep threads alive
