import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { JobRun } from "@parity-protocol/sandbox";
import type { ExitedManifest } from "@parity-protocol/sdk";
import { findBusybox } from "../../support/busybox.ts";
import { ensurePrograms } from "../../support/debian-packages.ts";
import { levels, SandboxLab, type TestJob } from "../../support/sandbox.ts";
import { compile } from "../support/compile.ts";

const attacks = fileURLToPath(new URL("../probes/attacks.c", import.meta.url));
const machineOfElf = 18;
const arm64 = 0xb7;

/** Programs that are not what a job needs, by the name under which they lie in the image. */
async function makePrograms(directory: string): Promise<Record<string, string>> {
  ensurePrograms({ gcc: "gcc libc6-dev" });
  const at = (name: string) => join(directory, name);
  await compile("gcc", ["-O1", "-w", "-static", attacks, "-o", at("attacks")]);
  await writeFile(at("hello.c"), "int main(void) { return 0; }\n");
  await compile("gcc", [at("hello.c"), "-o", at("dynamic")]);
  await writeFile(at("silent.s"), ".globl _start\n_start: jmp _start\n");
  await compile("gcc", ["-nostdlib", "-static", at("silent.s"), "-o", at("silent")]);
  await writeFile(at("old.s"), ".globl _start\n_start: movl $1, %eax\n movl $7, %ebx\n int $0x80\n");
  await compile("gcc", ["-m32", "-nostdlib", "-static", at("old.s"), "-o", at("old")]);
  const foreign = await readFile(findBusybox());
  foreign.writeUInt16LE(arm64, machineOfElf);
  await writeFile(at("foreign"), foreign, { mode: 0o755 });
  return Object.fromEntries(["attacks", "dynamic", "silent", "old", "foreign"].map((name) => [name, at(name)]));
}

for (const level of levels)
  describe(`run a job of ${level} that does not fit`, function () {
    this.timeout(300_000);
    let lab: SandboxLab;
    let directory: string;
    before(async () => {
      directory = await mkdtemp(join(tmpdir(), "parity-programs-"));
      lab = await SandboxLab.open(level, await makePrograms(directory));
    });
    after(async () => {
      await lab.close();
      await rm(directory, { recursive: true, force: true });
    });

    const isStrict = level === "strict@1";
    const run = (command: string, more: TestJob = {}) => lab.run({ command: command.split(" "), ...more });
    const exitCodeOf = ({ manifest }: JobRun) => (manifest as ExitedManifest).exitCode;

    it("answers 127 for a program whose loader is not in the image, and 126 for one of another processor", async () => {
      for (const [command, exitCode] of [
        ["/dynamic", 127],
        ["/foreign", 126],
      ] as const) {
        const shown = await run(command);
        assert.equal(exitCodeOf(shown), exitCode);
        assert.ok(shown.reason);
      }
    });

    it("runs a 32-bit program, or says that it cannot", async () => {
      const shown = await run("/old");
      assert.equal(exitCodeOf(shown), isStrict ? 125 : 7);
      if (isStrict) assert.match(shown.reason ?? "", /32-bit/);
    });

    it("stops one that never makes a system call", async () => {
      assert.equal((await run("/silent", { limits: { timeoutSeconds: 2 } })).manifest.outcome, "timed-out");
    });

    it("ends one that waits for a signal that nobody sends", async () => {
      const shown = await run("/attacks wait", { limits: { timeoutSeconds: 10 } });
      if (!isStrict) assert.equal(shown.manifest.outcome, "timed-out");
      else assert.deepEqual([exitCodeOf(shown), /wait for each other/.test(shown.reason ?? "")], [125, true]);
    });

    it("lets one through that spins until a second is over, by reading the clock and by starting a program that does", async () => {
      assert.equal(await lab.stdout(await run("/attacks spin")), "a second later\n");
      const script = "end=$(($(date +%s) + 1)); while [ $(date +%s) -lt $end ]; do :; done; echo over";
      assert.equal(await lab.stdout(await lab.run({ script })), "over\n");
    });

    it("takes a job that acts as process 1 of its own: orphans are waited for by somebody", async () => {
      const script = "(sleep 1 & exec true); sleep 2; ps -o pid,stat,comm | grep -c ' Z'; kill -TERM $$; exit 4";
      const shown = await lab.run({ script });
      assert.equal(await lab.stdout(shown), "0\n");
      assert.equal(exitCodeOf(shown), isStrict ? 143 : 4); // the kernel keeps process 1 from signals that it does not expect
    });
  });

describe("say what a job of strict@1 cannot have", function () {
  this.timeout(300_000);
  let lab: SandboxLab;
  let directory: string;
  before(async () => {
    directory = await mkdtemp(join(tmpdir(), "parity-programs-"));
    lab = await SandboxLab.open("strict@1", await makePrograms(directory));
  });
  after(async () => {
    await lab.close();
    await rm(directory, { recursive: true, force: true });
  });

  const needs: [what: string, named: RegExp][] = [
    ["network", /^a job has no network: /],
    ["/dev/kvm", /^\/dev\/kvm is not available: a job has no devices/],
    ["/dev/nvidia0", /^\/dev\/nvidia0 is not available: /],
    ["/dev/dri/card0", /^\/dev\/dri\/card0 is not available: /],
    ["perf", /^perf_event_open is not available: /],
    ["io_uring", /^io_uring is not available, /],
  ];
  for (const [what, named] of needs)
    it(`names ${what} in the reason`, async () => {
      const { manifest, reason } = await lab.run({ command: ["/attacks", "use", what] });
      assert.equal((manifest as ExitedManifest).exitCode, 1);
      assert.match(reason ?? "", named);
    });

  it("says nothing of what a job that ended well did without", async () => {
    const { reason } = await lab.run({ script: "/attacks use network; /attacks use perf; exit 0" });
    assert.equal(reason, undefined);
  });
});
