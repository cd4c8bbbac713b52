import assert from "node:assert/strict";
import { join } from "node:path";
import { type Bench, openBench, runDeterminized, type Shown, showings } from "./support/determinized.ts";

describe("determinize a program", function () {
  this.timeout(300_000);
  let bench: Bench;
  before(async () => {
    bench = await openBench();
  });
  after(() => bench.close());

  /** Runs a probe three times and returns what it showed, which must be one thing. */
  async function showOnce(command: readonly string[]): Promise<Shown> {
    const seen = await showings(3, () => runDeterminized(bench, command));
    assert.equal(seen.length, 1, seen.join("\n"));
    return JSON.parse(seen[0] ?? "");
  }

  const probe = (name: string) => join(bench.directory, "probes", name);

  it("gives python's threads one order", async () => {
    const shown = await showOnce(["/usr/bin/python3", probe("threads.py")]);
    assert.equal(shown.exitCode, 0, shown.stderr);
  });

  it("gives python's pools one order", async () => {
    const shown = await showOnce(["/usr/bin/python3", probe("processes.py")]);
    assert.equal(shown.exitCode, 0, shown.stderr);
  });

  it("lets every wait pass in virtual time", async () => {
    const shown = await showOnce(["/usr/bin/python3", probe("time.py")]);
    assert.equal(shown.exitCode, 0, shown.stderr);
    assert.match(shown.stdout, /^slept 86400\n/);
    assert.match(shown.stdout, /timed out 90012\nalarm 90014\nnapped 1\nnapped 2\nnapped 3\n/);
  });

  it("ends a loop that waits for another thread without a call", async () => {
    assert.deepEqual(await showOnce(["/usr/bin/python3", probe("spin.py")]), { exitCode: 0, stdout: "done\n", stderr: "" });
  });

  it("gives node's worker threads one order", async () => {
    const shown = await showOnce([process.execPath, probe("workers.cjs")]);
    assert.equal(shown.exitCode, 0, shown.stderr);
    assert.equal(shown.stdout.split(" ")[0]?.split(",").length, 80);
  });

  it("gives shells, pipes, archives and make one output", async () => {
    const shown = await showOnce(["bash", probe("shell.sh")]);
    assert.equal(shown.exitCode, 0, shown.stderr);
    assert.match(shown.stdout, /first\nsecond\n/);
    assert.match(shown.stdout, /up to date\nthrough\n$/);
  });
});
