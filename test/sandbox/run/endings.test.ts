import assert from "node:assert/strict";
import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  type LoadedImage,
  loadImage,
  packFolder,
  prepareJob,
  removeImage,
  runJob,
  sweepLeftovers,
  verifyArchive,
} from "@parity-protocol/sandbox";
import { type ExitedManifest, isParityError, sha256Hex } from "@parity-protocol/sdk";
import { makeBusyboxFolder } from "../../support/busybox.ts";
import { levels, SandboxLab, type TestJob } from "../../support/sandbox.ts";

const mib = 1024 ** 2;
/** Never ends, also where a sleep takes no time. */
const busy = "while :; do :; done";

for (const level of levels)
  describe(`ending a job of ${level}`, () => {
    let lab: SandboxLab;
    let spoilt: LoadedImage;
    before(async () => {
      lab = await SandboxLab.open(level);
      const folder = makeBusyboxFolder(join(lab.directory, "spoilt"));
      const executable = (name: string, text: string) => {
        writeFileSync(join(folder, name), text);
        chmodSync(join(folder, name), 0o755);
      };
      executable("garbage", "no program");
      executable("no-interpreter", "#!/no/such/interpreter\n");
      writeFileSync(join(folder, "plain"), "text");
      const archive = await packFolder({ folder, outputDirectory: lab.directory });
      spoilt = await loadImage(lab.engine, await verifyArchive(archive.path, archive));
    });
    after(async () => {
      await removeImage(lab.engine, spoilt.imageId);
      await lab.close();
    });

    async function breaches(job: TestJob, outcome: "timed-out" | "out-of-memory" | "output-too-large"): Promise<void> {
      const run = await lab.run(job);
      assert.deepEqual(run.manifest, { version: 1, outcome }, `${run.reason} ${Buffer.from(run.stderr).toString("utf8", 0, 500)}`);
      assert.equal(run.blobs.length, 1);
    }

    describe("when it ends by itself", () => {
      it("keeps the exit code, also one that looks like a signal's", async () => {
        for (const exitCode of [0, 1, 126, 137, 143, 255]) {
          const run = await lab.run({ script: `exit ${exitCode}` });
          assert.equal((run.manifest as ExitedManifest).exitCode, exitCode);
        }
      });

      it("takes what children wrote before the first process ended, and ends them", async () => {
        const run = await lab.run({ script: "(echo child; exec sleep 1000) & sleep 1; echo parent" });
        assert.equal(await lab.stdout(run), "child\nparent\n");
      });

      it("waits for a job that has closed its stdout and stderr", async () => {
        const run = await lab.run({ script: "echo before; exec >&- 2>&-; sleep 1; echo after > /output/f; exit 4" });
        const manifest = run.manifest as ExitedManifest;
        assert.deepEqual([await lab.stdout(run), manifest.exitCode, manifest.files.length], ["before\n", 4, 1]);
      });

      it("survives a job that kills its own process group", async () => {
        const run = await lab.run({ script: "trap '' TERM; kill -TERM 0; kill -KILL -1; echo alive" });
        assert.equal(await lab.stdout(run), "alive\n");
      });

      it("keeps the last MiB of stderr, outside the manifest", async () => {
        const run = await lab.run({ script: "head -c 5000000 /dev/zero >&2; echo the end >&2" });
        assert.equal(run.stderr.length, mib);
        assert.equal(Buffer.from(run.stderr).toString().slice(-8), "the end\n");
        assert.equal(run.outputHash, (await lab.run({ script: "echo other >&2" })).outputHash);
      });

      it("returns a stdout of exactly the limit whole", async () => {
        const run = await lab.run({ script: "head -c 3000000 /dev/zero", limits: { outputBytes: 3_000_000 } });
        const { stdout } = run.manifest as ExitedManifest;
        assert.deepEqual(stdout, { bytes: 3_000_000, sha256: sha256Hex(new Uint8Array(3_000_000)) });
      });
    });

    describe("when its program cannot be started", () => {
      const cases: [what: string, job: TestJob, exitCode: number][] = [
        ["a path that is not there", { command: ["/nope"] }, 127],
        ["a name that is not on the path", { command: ["nope", "x"] }, 127],
        ["a path through a file", { command: ["/plain/x"] }, 126],
        ["a folder", { command: ["/bin"] }, 126],
        ["a file without the executable bit", { command: ["/plain"] }, 126],
        ["a file that is no program", { command: ["/garbage"] }, 126],
        ["a script whose interpreter is not there", { command: ["/no-interpreter"] }, 127],
        ["a quoted name", { command: ['/a "b" \\c\u2028'] }, 127],
        ["a working directory that is a file", { workingDirectory: "/plain" }, 126],
        ["a working directory through a file", { workingDirectory: "/plain/x" }, 126],
      ];
      for (const [what, job, exitCode] of cases) it(`answers ${exitCode} for ${what}`, () => answers(job, spoilt, exitCode));

      it("answers 126 for an image that has a file where a folder of the sandbox belongs", async () => {
        for (const place of ["input", "output", "tmp"]) {
          const folder = makeBusyboxFolder(join(lab.directory, `file-at-${place}`));
          writeFileSync(join(folder, place), "a file");
          const archive = await packFolder({ folder, outputDirectory: lab.directory });
          const image = await loadImage(lab.engine, await verifyArchive(archive.path, archive));
          await answers({}, image, 126);
          await removeImage(lab.engine, image.imageId);
        }
      });

      async function answers(job: TestJob, image: LoadedImage, exitCode: number): Promise<void> {
        const run = await runJob(lab.engine, { ...lab.request(job), image });
        assert.equal((run.manifest as ExitedManifest).exitCode, exitCode, run.reason);
        assert.equal(await lab.stdout(run), "");
        assert.ok(run.reason);
      }
    });

    describe("when it breaks a limit", () => {
      it("stops a job that never ends", () => breaches({ script: busy, limits: { timeoutSeconds: 1 } }, "timed-out"));

      it("stops a job that sleeps for a day, unless a day of sleep takes no time", async () => {
        const { manifest } = await lab.run({ script: "sleep 86400", limits: { timeoutSeconds: 10 } });
        assert.equal(manifest.outcome, level === "strict@1" ? "exited" : "timed-out");
      });

      it("stops a job that ignores every signal and prints nothing", () =>
        breaches({ script: "trap '' TERM INT HUP; while :; do :; done", limits: { timeoutSeconds: 2 } }, "timed-out"));

      it("stops a fork bomb", () =>
        breaches({ script: `b() { b | b & b; }; b & ${busy}`, limits: { timeoutSeconds: 3, pids: 64 } }, "timed-out"));

      it("stops a stdout bomb", () => breaches({ command: ["/bin/busybox", "yes"], limits: { outputBytes: mib } }, "output-too-large"));

      it("drains a stderr bomb until the time is up", () =>
        breaches({ script: "exec yes >&2", limits: { timeoutSeconds: 2 } }, "timed-out"));

      it("finds a job whose memory is used up out of memory", () =>
        breaches({ command: ["/bin/busybox", "tail", "/dev/zero"], limits: { memoryBytes: 32 * mib } }, "out-of-memory"));

      it("finds a job out of memory when only a child was killed and the rest went on", () =>
        breaches({ script: "tail /dev/zero; echo went on; exit 0", limits: { memoryBytes: 32 * mib } }, "out-of-memory"));

      it("counts what is written to /tmp, /dev/shm and /output as memory", async () => {
        for (const place of ["/tmp", "/output"]) {
          const limits = { memoryBytes: 32 * mib, scratchBytes: 512 * mib, outputBytes: 512 * mib };
          await breaches({ script: `dd if=/dev/zero of=${place}/f bs=1M count=400; sleep 1`, limits }, "out-of-memory");
        }
      });
    });

    describe("when it is disturbed from outside", () => {
      it("is aborted while it runs, and leaves nothing", async () => {
        const abort = new AbortController();
        const job = await prepareJob(lab.engine, { ...lab.request({ script: busy }), owner: `${lab.owner}-aborted` });
        const run = job.run({ signal: abort.signal });
        await untilRunning(`${lab.owner}-aborted`);
        abort.abort();
        await assert.rejects(run, (error) => isParityError(error, "JOB_ABORTED"));
        await job.dispose();
        await job.dispose();
        assert.deepEqual(await sweepLeftovers(lab.engine, { owner: `${lab.owner}-aborted` }), { containers: 0, volumes: 0 });
      });

      it("does not start with a signal that is aborted already", async () => {
        await assert.rejects(lab.run({ signal: AbortSignal.abort() }), (error) => isParityError(error, "JOB_ABORTED"));
      });

      it("is not started twice", async () => {
        const job = await prepareJob(lab.engine, lab.request({ script: "echo once" }));
        await job.run();
        await assert.rejects(job.run());
        await job.dispose();
      });

      it("is disposed of without having run", async () => {
        const owner = `${lab.owner}-unused`;
        const job = await prepareJob(lab.engine, { ...lab.request({}), owner });
        await job.dispose();
        assert.deepEqual(await sweepLeftovers(lab.engine, { owner }), { containers: 0, volumes: 0 });
      });

      it("fails with an engine error, and not with an answer, when it is killed from outside", async () => {
        const owner = `${lab.owner}-killed`;
        const job = await prepareJob(lab.engine, { ...lab.request({ script: busy }), owner });
        const run = job.run();
        run.catch(() => {});
        await lab.engine.docker.getContainer(await untilRunning(owner)).kill();
        await assert.rejects(run, (error) => isParityError(error, "ENGINE_FAILED"));
        await job.dispose();
      });

      it("fails with an engine error, and not with an answer, when its container is removed under it", async () => {
        const owner = `${lab.owner}-removed`;
        const job = await prepareJob(lab.engine, { ...lab.request({ script: busy }), owner });
        const run = job.run();
        run.catch(() => {});
        await untilRunning(owner);
        await sweepLeftovers(lab.engine, { owner });
        await assert.rejects(run, (error) => isParityError(error, "ENGINE_FAILED"));
        await job.dispose();
      });
    });

    /** Waits for the engine to say that the job of this owner runs: holders are started while a job is prepared. */
    async function untilRunning(owner: string): Promise<string> {
      const filters = { label: [`org.parity-protocol.owner=${owner}`], name: ["-job"], status: ["running"] };
      for (;;) {
        const [container] = await lab.engine.docker.listContainers({ filters });
        if (container) return container.Id;
      }
    }
  });
