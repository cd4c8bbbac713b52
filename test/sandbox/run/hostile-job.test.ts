import assert from "node:assert/strict";
import { type Engine, prepareJob, runJob, sweepLeftovers } from "@parity-protocol/sandbox";
import { type ExitedManifest, isParityError } from "@parity-protocol/sdk";
import { levels, SandboxLab } from "../../support/sandbox.ts";

const mib = 1024 ** 2;

for (const level of levels)
  describe(`a hostile job of ${level}`, () => {
    let lab: SandboxLab;
    before(async () => {
      lab = await SandboxLab.open(level);
    });
    after(() => lab.close());

    async function stdoutOf(script: string, more: Parameters<SandboxLab["run"]>[0] = {}): Promise<string> {
      return lab.stdout(await lab.run({ script, ...more }));
    }

    it("has no privileges: an unprivileged user, no capabilities, no new ones, a filter on system calls", async () => {
      const status = await stdoutOf("id -u; id -g; grep -E '^(Cap|NoNewPrivs|Seccomp:)' /proc/self/status");
      assert.match(status, /^65534\n65534\n/);
      const sets = [...status.matchAll(/^Cap\w+:\t(\w+)$/gm)].map(([, set]) => set);
      assert.deepEqual(sets, Array(5).fill("0000000000000000"));
      assert.match(status, /NoNewPrivs:\t1\n/);
      assert.match(status, /Seccomp:\t2\n/);
    });

    it("sees no network but its own loopback", async () => {
      const seen = await stdoutOf(
        "ls /sys/class/net 2>/dev/null; cut -d: -f1 /proc/net/dev | tail -n +3; nc -w 1 192.0.2.1 80 </dev/null; echo $?; ping -c 1 -W 1 127.0.0.1 >/dev/null 2>&1; nslookup example.org 2>&1 | head -1; cat /etc/resolv.conf",
      );
      assert.match(seen, /^(\s*lo\n)?1\n/);
    });

    it("cannot write anywhere but to /tmp, /dev/shm, /dev/mqueue and /output", async () => {
      const places = await stdoutOf(
        "for d in / /bin /etc /input /dev /proc /proc/sys /sys /sys/fs/cgroup /tmp /dev/shm /dev/mqueue /output; do (: > $d/probe) 2>/dev/null && echo $d && rm $d/probe; done; true",
      );
      assert.deepEqual(places.trim().split("\n"), ["/tmp", "/dev/shm", "/dev/mqueue", "/output"]);
    });

    it("fills no disk: every writable place is bounded in bytes, and /tmp and /output in files", async () => {
      const limits = { scratchBytes: 8 * mib, outputBytes: 8 * mib, outputFiles: 10, memoryBytes: 512 * mib };
      const script = `for d in /tmp /dev/shm /output; do dd if=/dev/zero of=$d/bomb bs=1M count=300 2>/dev/null; wc -c < $d/bomb; rm $d/bomb; done
for d in /tmp /output; do i=0; while [ $i -lt 5000 ] && touch $d/$i 2>/dev/null; do i=$((i+1)); done; echo $i; rm -rf $d/*; done`;
      const sizes = (await stdoutOf(script, { limits })).trim().split("\n").map(Number);
      const [tmp = 0, shm = 0, output = 0, tmpFiles = 0, outputFiles = 0] = sizes;
      assert.deepEqual([tmp, shm], [8 * mib, 64 * mib]);
      assert.ok(output > 8 * mib && output < 12 * mib, String(output));
      assert.ok(tmpFiles < 3_000 && outputFiles < 3_000, String(sizes));
    });

    it("has no scratch space to speak of when it asks for none", async () => {
      const size = await stdoutOf("dd if=/dev/zero of=/tmp/bomb bs=1k count=100 2>/dev/null; wc -c < /tmp/bomb", {
        limits: { scratchBytes: 0 },
      });
      assert.equal(size, "4096\n");
    });

    it("gets the CPUs and the open files that its level names, and no core dumps", async () => {
      assert.equal(await stdoutOf("nproc; ulimit -c; ulimit -n", { limits: { cpus: 1 } }), "1\n0\n4096\n");
      assert.match(await stdoutOf("nproc", { limits: { cpus: 2 } }), /^2\n$/);
    });

    it("cannot have more processes than its limit", async () => {
      const run = await lab.run({ script: "for i in 1 2 3 4 5 6 7 8 9; do sleep 100 & done; exit 0", limits: { pids: 6 } });
      assert.equal((run.manifest as ExitedManifest).exitCode, 2, "the shell gives up when it cannot fork");
    });

    it("does not execute what it writes to /tmp", async () => {
      assert.match(await stdoutOf("cp /bin/busybox /tmp/b; /tmp/b true 2>/dev/null; echo $?"), /^126\n$/);
    });

    it("cannot leave its output folder by a link that it swaps in", async () => {
      const run = await lab.run({ script: "rm -rf /output 2>/dev/null; ln -s / /output/x/.. 2>/dev/null; echo ok > /output/fine" });
      assert.deepEqual(
        (run.manifest as ExitedManifest).files.map((file) => file.path),
        ["fine"],
      );
    });

    it("disturbs no other job: three bombs beside a normal one", async () => {
      const limits = { timeoutSeconds: 5, pids: 64, memoryBytes: 64 * mib, outputBytes: mib };
      const bomb = (script: string) => lab.run({ script, limits });
      const [normal, ...bombs] = await Promise.all([
        lab.run({ script: "cat /input/i; echo fine > /output/f", input: { i: "input\n" } }),
        bomb("b() { b | b & b; }; b & while :; do :; done"),
        bomb("while :; do tail /dev/zero; done"),
        bomb("exec yes"),
      ]);
      assert.equal(await lab.stdout(normal), "input\n");
      assert.deepEqual(
        bombs.map((run) => run.manifest.outcome),
        ["timed-out", "out-of-memory", "output-too-large"],
      );
    });
  });

/** An engine with one fault: the real one shows none when it is asked to. */
function engineFailingOnce(engine: Engine, failure: { at: (request: Dialled) => boolean; statusCode: number }): EngineWithFault {
  const creations: string[] = [];
  const modem = Object.create(engine.docker.modem as object) as { dial: (request: Dialled, answer: (error: unknown) => void) => void };
  const { dial } = engine.docker.modem as unknown as typeof modem;
  let hasFailed = false;
  modem.dial = (request, answer) => {
    if (request.path.includes("/containers/create")) creations.push(request.options?._query?.name ?? "");
    if (hasFailed || !failure.at(request)) return dial.call(modem, request, answer);
    hasFailed = true;
    answer(Object.assign(new Error("a fault of the engine"), { statusCode: failure.statusCode }));
  };
  const docker = Object.assign(Object.create(engine.docker) as Engine["docker"], { modem });
  return { engine: { ...engine, docker }, holders: () => creations.filter((name) => name.endsWith("-holder")).length };
}

interface EngineWithFault {
  engine: Engine;
  /** How often a holder was created. */
  holders: () => number;
}

interface Dialled {
  path: string;
  options?: { _query?: { name?: string } };
}

for (const level of levels)
  describe(`prepareJob of ${level}`, () => {
    let lab: SandboxLab;
    before(async () => {
      lab = await SandboxLab.open(level);
    });
    after(() => lab.close());

    it("refuses a job that sets a variable of its level", async () => {
      for (const name of ["TZ", "HOME", "PYTHONHASHSEED", "GLIBC_TUNABLES"])
        await assert.rejects(lab.run({ env: { [name]: "x" } }), (error) => isParityError(error, "JOB_ENVIRONMENT_RESERVED"));
    });

    it("refuses a job that is larger than the engine's machine", async () => {
      const limits = [{ cpus: 64 }, { memoryBytes: 256 * 1024 ** 3 }];
      for (const limit of limits) await assert.rejects(lab.run({ limits: limit }), (error) => isParityError(error, "JOB_EXCEEDS_ENGINE"));
    });

    it("refuses a job for another platform", async () => {
      const request = lab.request({});
      const platform = lab.engine.platform === "linux/amd64" ? "linux/arm64" : "linux/amd64";
      const spec = { ...request.spec, image: { ...request.spec.image, platform } } as const;
      await assert.rejects(runJob(lab.engine, { ...request, spec }), (error) => isParityError(error, "PLATFORM_UNSUPPORTED"));
    });

    it("says that an image is no longer there", async () => {
      const request = { ...lab.request({}), image: { imageId: `sha256:${"0".repeat(64)}` } };
      await assert.rejects(prepareJob(lab.engine, request), (error) => isParityError(error, "IMAGE_NOT_LOADED"));
    });

    it("loads the holder's image again when somebody removed it meanwhile", async () => {
      const at = (request: Dialled) => request.options?._query?.name?.endsWith("-holder") === true;
      const { engine, holders } = engineFailingOnce(lab.engine, { at, statusCode: 404 });
      const run = await runJob(engine, lab.request({ script: "echo fine" }));
      assert.equal(await lab.stdout(run), "fine\n");
      assert.ok(holders() > 1);
    });

    it("makes the holder anew when the engine's runtime could not start it", async () => {
      const at = ({ path }: Dialled) => path.includes("-holder/start");
      const { engine, holders } = engineFailingOnce(lab.engine, { at, statusCode: 500 });
      const run = await runJob(engine, lab.request({ script: "echo fine" }));
      assert.equal(await lab.stdout(run), "fine\n");
      assert.ok(holders() > 1);
    });

    it("refuses an input with other bytes, fewer or more than the job names, before anything runs", async () => {
      const owner = `${lab.owner}-corrupt`;
      for (const text of ["other", "sho", "shorter or longer"]) {
        const request = lab.request({ script: "echo ran", input: { before: "x", i: "right" } });
        const openInput = async (file: { path: string }) => new Blob([file.path === "i" ? text : "x"]).stream();
        await assert.rejects(prepareJob(lab.engine, { ...request, openInput, owner }), (error) => isParityError(error, "BLOB_CORRUPT"));
      }
      assert.deepEqual(await sweepLeftovers(lab.engine, { owner }), { containers: 0, volumes: 0 });
    });

    it("fails with the error of the input's source, and leaves nothing", async () => {
      const request = lab.request({ input: { i: "x" } });
      const broken = new Error("the store is down");
      const openInput = () => Promise.reject(broken);
      await assert.rejects(prepareJob(lab.engine, { ...request, openInput }), (error) => error === broken);
    });
  });

describe("sweepLeftovers", () => {
  let lab: SandboxLab;
  before(async () => {
    lab = await SandboxLab.open();
  });
  after(() => lab.close());

  it("removes what a crash left, of this owner alone", async () => {
    const [mine, other] = [`${lab.owner}-mine`, `${lab.owner}-other`];
    const crashed = await prepareJob(lab.engine, { ...lab.request({}), owner: mine });
    const running = await prepareJob(lab.engine, { ...lab.request({ script: "echo untouched" }), owner: other });
    assert.deepEqual(await sweepLeftovers(lab.engine, { owner: mine }), { containers: 2, volumes: 2 });
    assert.deepEqual(await sweepLeftovers(lab.engine, { owner: mine }), { containers: 0, volumes: 0 });
    assert.equal(await lab.stdout(await running.run()), "untouched\n");
    await Promise.all([running.dispose(), crashed.dispose()]);
  });
});
