import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { ensurePrograms } from "../../support/debian-packages.ts";
import { levels, SandboxLab, type TestJob } from "../../support/sandbox.ts";
import { compile } from "../support/compile.ts";

const source = fileURLToPath(new URL("../probes/attacks.c", import.meta.url));
const mib = 1024 ** 2;

for (const level of levels)
  describe(`attack from a job of ${level}`, function () {
    this.timeout(300_000);
    let lab: SandboxLab;
    let directory: string;
    before(async () => {
      ensurePrograms({ gcc: "gcc libc6-dev" });
      directory = await mkdtemp(join(tmpdir(), "parity-attacks-"));
      const attacks = join(directory, "attacks");
      await compile("gcc", ["-O1", "-w", "-static", source, "-o", attacks]);
      lab = await SandboxLab.open(level, { attacks });
    });
    after(async () => {
      await lab.close();
      await rm(directory, { recursive: true, force: true });
    });

    const attack = async (kind: string, more: TestJob = {}) =>
      lab.stdout(await lab.run({ command: ["/attacks", ...kind.split(" ")], ...more }));

    /** Lists the attempts that reached what they wanted, after checking that there were some. */
    async function successesOf(kind: string): Promise<string[]> {
      const attempts = (await attack(kind)).trim().split("\n");
      assert.ok(attempts.every((line) => line.includes(": ")));
      return attempts.filter((line) => line.endsWith(": got it"));
    }

    it("gets nothing that belongs to the host's administrator: mounts, namespaces, keys, modules, devices, clocks", async () => {
      assert.deepEqual(await successesOf("calls"), []);
    });

    it("finds no engine, no device, no kernel setting, and no folder that the engine left open", async () => {
      assert.deepEqual(await successesOf("files"), []);
    });

    it("reaches nobody by a socket of any family", async () => {
      assert.deepEqual(await successesOf("sockets"), []);
    });

    it("may fork 10,000 times", async () => {
      assert.equal(await attack("forks 10000"), "10000\n");
    });

    it("has no more processes at a time than its limit, alive and dead ones", async () => {
      assert.equal(await attack("crowd 200", { limits: { pids: 64 } }), "refused\n");
    });

    it("gives its own files to nobody: a setuid program gains nothing", async () => {
      const script = "cp /bin/busybox /output/busybox; chmod 6755 /output/busybox; /output/busybox id -u; rm /output/busybox";
      assert.match(await lab.stdout(await lab.run({ script })), /^65534\n/);
    });

    it("ends with an outcome of the protocol whatever it does to its first process, beside a job that is left alone", async () => {
      const limits = { timeoutSeconds: 20, memoryBytes: 64 * mib, pids: 64 };
      const [normal, ...attacks] = await Promise.all([
        lab.run({ script: "cat /input/i; echo fine > /output/f", input: { i: "input\n" } }),
        lab.run({ command: ["/attacks", "tracer"], limits }),
        lab.run({ script: "kill -STOP $$; kill -KILL 0", limits }),
        lab.run({ script: "exec 0<&- 1>&- 2>&-; head -c 100000000 /dev/zero > /dev/shm/x; kill -9 -1", limits }),
      ]);
      assert.equal(await lab.stdout(normal), "input\n");
      for (const { manifest } of attacks) assert.ok(["exited", "timed-out", "out-of-memory"].includes(manifest.outcome), manifest.outcome);
    });
  });

describe("attack the determinizer from a job of strict@1", function () {
  this.timeout(300_000);
  let lab: SandboxLab;
  let directory: string;
  before(async () => {
    directory = await mkdtemp(join(tmpdir(), "parity-attacks-"));
    const attacks = join(directory, "attacks");
    await compile("gcc", ["-O1", "-w", "-static", source, "-o", attacks]);
    lab = await SandboxLab.open("strict@1", { attacks });
  });
  after(async () => {
    await lab.close();
    await rm(directory, { recursive: true, force: true });
  });

  it("cannot signal, limit, trace, read, write or join it", async () => {
    const shown = await lab.stdout(await lab.run({ command: ["/attacks", "tracer"] }));
    assert.doesNotMatch(shown, /got it/);
    assert.match(shown, /alive\n$/);
  });

  it("makes it run out of nothing: a fork fails before its descriptors do", async () => {
    const limits = { pids: 32_000, memoryBytes: 2048 * mib, timeoutSeconds: 200 };
    assert.equal(await lab.stdout(await lab.run({ command: ["/attacks", "crowd", "9000"], limits })), "refused\n");
  });
});
