import assert from "node:assert/strict";
import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import { type Bench, openBench, runDeterminized, showings } from "./support/determinized.ts";

/** The processor answers it itself, differently each time, and no unprivileged program can stop that. */
const uncontrolled = ["random_instruction"];

/** Keeps every CPU busy until it is disposed of. */
function load(): AsyncDisposable {
  const busy = Array.from({ length: availableParallelism() }, () => new Worker("for(;;);", { eval: true }));
  return { [Symbol.asyncDispose]: async () => void (await Promise.all(busy.map((worker) => worker.terminate()))) };
}

describe("determinize a source of difference", function () {
  this.timeout(300_000);
  let bench: Bench;
  let names: string[];
  before(async () => {
    bench = await openBench();
    names = (await runDeterminized(bench, [bench.sources])).stdout.trim().split("\n");
  });
  after(() => bench.close());

  it("shows the same in every run, idle and under load, and if every call stops", async () => {
    const different: string[] = [];
    for (const name of names) {
      const show = (flags: string[]) => runDeterminized(bench, [bench.sources, name], flags);
      const seen = new Set([JSON.stringify(await show([])), JSON.stringify(await show(["--vary-shortcuts"]))]);
      await using _ = load();
      seen.add(JSON.stringify(await show([])));
      if (seen.size !== 1) different.push(name);
      assert.ok(
        [...seen].every((shown) => JSON.parse(shown).exitCode === 0),
        `${name}: ${[...seen].join()}`,
      );
    }
    assert.deepEqual(different, uncontrolled);
  });

  it("shows the same to a static program", async () => {
    for (const name of ["clock_realtime", "random_vector", "address_thread", "cycles", "race_lock", "file_new"])
      assert.equal((await showings(3, () => runDeterminized(bench, [bench.staticSources, name]))).length, 1, name);
  });

  it("answers calls that come again and again without a stop", async () => {
    const { stderr } = await runDeterminized(bench, [bench.sources, "file_often"], ["--counts"]);
    const counts = JSON.parse(stderr.slice(stderr.indexOf("{")));
    assert.ok(counts.shortcuts > 300, stderr);
  });

  it("follows its options", async () => {
    const show = async (name: string, flags: string[]) => (await runDeterminized(bench, [bench.sources, name], flags)).stdout;
    assert.match(await show("clock_realtime", ["--epoch", "946684800"]), /^946684800\./);
    assert.match(await show("affinity", ["--cpus", "3"]), /^07000000.*\n3\n$/);
    assert.match(await show("machine_size", ["--memory", "1048576"]), / 1048576 /);
    assert.notEqual(await show("random_call", ["--seed", "1"]), await show("random_call", ["--seed", "2"]));
  });
});
