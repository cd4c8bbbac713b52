import assert from "node:assert/strict";
import { checkLevel, runJob } from "@parity-protocol/sandbox";
import { type ExitedManifest, isParityError, parseJobSpec } from "@parity-protocol/sdk";
import { SandboxLab, type TestJob } from "../../support/sandbox.ts";

const mib = 1024 ** 2;

describe("run a job of the level strict@1", function () {
  this.timeout(300_000);
  let lab: SandboxLab;
  before(async () => {
    lab = await SandboxLab.open();
  });
  after(() => lab.close());

  const run = (job: TestJob) => lab.run({ ...job, level: "strict@1" });
  const stdoutOf = async (script: string, more: TestJob = {}) => lab.stdout(await run({ script, ...more }));

  it("gives one output to a job that tells the time, draws, lists, races and sleeps", async () => {
    const script = `date +%s; head -c 16 /dev/urandom | md5sum; ls -lai --full-time / /tmp /output /input; cat /proc/self/stat /proc/uptime; echo $$ $RANDOM
for i in 1 2 3 4; do (sleep 0.$i; echo $i; echo $i > /output/$i; stat /output/$i) & done; wait; tar c /output | md5sum`;
    const input = { "a/b": "input" };
    const runs = [];
    for (let index = 0; index < 3; index++) runs.push(await run({ script, input }));
    const [first] = runs;
    assert.ok(first);
    assert.deepEqual(new Set(runs.map((each) => each.outputHash)), new Set([first.outputHash]), await lab.stdout(first));
    assert.equal((first.manifest as ExitedManifest).files.length, 4);
    assert.match(await lab.stdout(first), /^1893456000\n/);
  });

  it("lets a day of sleep pass at once", async () => {
    assert.equal(await stdoutOf("sleep 86400; date +%F", { limits: { timeoutSeconds: 30 } }), "2030-01-02\n");
  });

  it("gives other random numbers to another seed only", async () => {
    const draw = async (digit: string) => {
      const request = lab.request({ script: "head -c 8 /dev/urandom | md5sum" });
      const determinism = { level: "strict@1", seed: digit.repeat(64) } as const;
      return lab.stdout(await runJob(lab.engine, { ...request, spec: { ...request.spec, determinism } }));
    };
    assert.equal(await draw("1"), await draw("1"));
    assert.notEqual(await draw("1"), await draw("2"));
  });

  it("shows the CPUs and the memory of the job's limits", async () => {
    assert.equal(
      await stdoutOf("nproc; grep MemTotal /proc/meminfo", { limits: { memoryBytes: 128 * mib } }),
      "1\nMemTotal:         131072 kB\n",
    );
  });

  it("answers as a shell does for a program that cannot be started", async () => {
    assert.equal(((await run({ command: ["/not/there"] })).manifest as ExitedManifest).exitCode, 127);
    assert.equal(((await run({ command: ["/etc"] })).manifest as ExitedManifest).exitCode, 126);
    assert.equal(((await run({ script: "exit 7" })).manifest as ExitedManifest).exitCode, 7);
  });

  it("says on stderr what it refuses", async () => {
    const refused = await run({ script: "nc -w 1 192.0.2.1 80; unshare -n true; exit 0" });
    assert.match(Buffer.from(refused.stderr).toString(), /determinizer: a job has no network/);
    assert.match(Buffer.from(refused.stderr).toString(), /determinizer: unshare is not available/);
  });

  it("ends with the outcome of the limit that was exceeded", async () => {
    const limits = { timeoutSeconds: 5, pids: 64, memoryBytes: 64 * mib, outputBytes: mib };
    const outcomeOf = async (script: string) => (await run({ script, limits })).manifest.outcome;
    assert.equal(await outcomeOf("while :; do :; done"), "timed-out");
    assert.equal(await outcomeOf("b() { b | b & b; }; b & while :; do :; done"), "timed-out");
    assert.equal(await outcomeOf("while :; do tail /dev/zero; done"), "out-of-memory");
    assert.equal(await outcomeOf("exec yes"), "output-too-large");
  });

  it("has no privileges and cannot reach the determinizer", async () => {
    const seen = await stdoutOf(
      "id -u; grep -E '^(Cap|NoNewPrivs|Seccomp:)' /proc/self/status; kill -9 1; cat /proc/1/maps /proc/1/mem; ls /proc/1/fd; (: > /.parity/determinizer); (: > /probe); cat /.parity/determinizer | md5sum > /dev/null; echo alive",
    );
    const sets = [...seen.matchAll(/^Cap\w+:\t(\w+)$/gm)].map(([, set]) => set);
    assert.deepEqual(sets, Array(5).fill("0000000000000000"));
    assert.match(seen, /^65534\n/);
    assert.match(seen, /NoNewPrivs:\t1\n[\s\S]*alive\n$/);
  });

  it("says whether this machine can do it, before anything is prepared", async () => {
    const spec = lab.spec({ level: "strict@1" });
    await checkLevel(lab.engine, spec);
    const other = { ...lab.engine, platform: "linux/arm64" } as const;
    await assert.rejects(checkLevel(other, spec), (error) => isParityError(error, "LEVEL_UNSUPPORTED"));
    await checkLevel(other, lab.spec({}));
  });

  it("exists for linux/amd64 only", () => {
    const spec = lab.spec({ level: "strict@1" });
    assert.throws(
      () => parseJobSpec({ ...spec, image: { ...spec.image, platform: "linux/arm64" } }),
      (error) => isParityError(error, "JOB_SPEC_INVALID"),
    );
  });
});
