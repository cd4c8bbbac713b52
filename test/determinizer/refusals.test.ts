import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type Bench, compile, openBench, runDeterminized } from "./support/determinized.ts";

const python = (code: string) => ["/usr/bin/python3", "-c", code];

describe("refuse what cannot be run deterministically", function () {
  this.timeout(120_000);
  let bench: Bench;
  before(async () => {
    bench = await openBench();
  });
  after(() => bench.close());

  it("names a command that is not there and ends with 127", async () => {
    const shown = await runDeterminized(bench, ["/not/there"]);
    assert.equal(shown.exitCode, 127);
    assert.match(shown.stderr, /determinizer: \/not\/there cannot be started: No such file/);
  });

  it("passes on exit codes and deadly signals", async () => {
    assert.equal((await runDeterminized(bench, ["sh", "-c", "exit 7"])).exitCode, 7);
    assert.equal((await runDeterminized(bench, ["sh", "-c", "kill -9 $$"])).exitCode, 137);
  });

  it("refuses a 32-bit program", async () => {
    const [source, path] = [join(bench.directory, "old.s"), join(bench.directory, "old")];
    await writeFile(source, ".globl _start\n_start: movl $1, %eax\n int $0x80\n");
    await compile("gcc", ["-m32", "-nostdlib", "-static", source, "-o", path]);
    const shown = await runDeterminized(bench, [path]);
    assert.equal(shown.exitCode, 125);
    assert.match(shown.stderr, /determinizer: a 32-bit program/);
  });

  it("refuses threads that wait for each other for ever", async () => {
    const shown = await runDeterminized(bench, python("import threading\nlock = threading.Lock()\nlock.acquire()\nlock.acquire()"));
    assert.equal(shown.exitCode, 125);
    assert.match(shown.stderr, /determinizer: all threads wait for each other/);
  });

  it("says that a job has no network", async () => {
    const shown = await runDeterminized(bench, python("import socket\nsocket.socket(socket.AF_INET)"));
    assert.equal(shown.exitCode, 1);
    assert.match(shown.stderr, /determinizer: a job has no network/);
  });

  it("says which call it does not allow", async () => {
    const shown = await runDeterminized(bench, python("import ctypes\nprint(ctypes.CDLL(None).ptrace(0, 0, 0, 0))"));
    assert.equal(shown.stdout, "-1\n");
    assert.match(shown.stderr, /determinizer: ptrace is not available/);
  });
});

describe("attack the determinizer", function () {
  this.timeout(120_000);
  let bench: Bench;
  before(async () => {
    bench = await openBench();
  });
  after(() => bench.close());

  it("cannot be signalled, read or looked into by the job", async () => {
    const attack = [
      "import os, signal",
      "def attempt(action):",
      "  try: return action()",
      "  except OSError as error: return error.errno",
      "for number in (signal.SIGKILL, signal.SIGTERM, signal.SIGINT): print(attempt(lambda: os.kill(1, number)))",
      "for name in ('mem', 'maps', 'fd', 'environ'): print(attempt(lambda: open('/proc/1/' + name)))",
    ].join("\n");
    const shown = await runDeterminized(bench, python(attack));
    assert.equal(shown.exitCode, 0, shown.stderr);
    assert.equal(shown.stdout, "1\n1\n1\n2\n2\n2\n2\n");
  });

  it("keeps its pace when a job forks 2,000 times", async () => {
    const shown = await runDeterminized(bench, ["sh", "-c", "i=0; while [ $i -lt 2000 ]; do (exit 3); i=$((i+1)); done; echo $i"]);
    assert.deepEqual(shown, { exitCode: 0, stdout: "2000\n", stderr: "" });
  });

  it("ends with the job and leaves nobody behind", async () => {
    const shown = await runDeterminized(bench, ["sh", "-c", "sleep 1000000 & while :; do :; done & echo gone"]);
    assert.deepEqual(shown, { exitCode: 0, stdout: "gone\n", stderr: "" });
  });
});
