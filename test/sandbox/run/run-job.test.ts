import assert from "node:assert/strict";
import { decodeOutputManifest, type ExitedManifest, outputHashOf } from "@parity-protocol/sdk";
import { findBusybox } from "../../support/busybox.ts";
import { levels, SandboxLab } from "../../support/sandbox.ts";

for (const level of levels)
  describe(`runJob of ${level}`, () => {
    let lab: SandboxLab;
    before(async () => {
      lab = await SandboxLab.open(level, { "tmp/of-the-image": findBusybox() });
    });
    after(() => lab.close());

    it("returns stdout, exit code and files, each as a durable blob, and stderr apart", async () => {
      const run = await lab.run({
        script: "echo out; echo err >&2; echo x > /output/x; mkdir -p /output/d; cp /bin/busybox /output/d/tool; exit 3",
      });
      const manifest = run.manifest as ExitedManifest;
      assert.equal(manifest.outcome, "exited");
      assert.equal(manifest.exitCode, 3);
      assert.equal(await lab.stdout(run), "out\n");
      assert.equal(Buffer.from(run.stderr).toString(), "err\n");
      assert.deepEqual(
        manifest.files.map(({ path, executable }) => ({ path, executable })),
        [
          { path: "d/tool", executable: true },
          { path: "x", executable: false },
        ],
      );
      const encoded = await lab.blob(run, run.outputHash.slice(2));
      assert.equal(outputHashOf(decodeOutputManifest(Buffer.from(encoded))), run.outputHash);
      assert.equal(run.blobs.length, 4);
    });

    it("gives the input read-only at /input, with fixed modes and times", async () => {
      const input = { "a/b": "nested\n", [`${"long".repeat(40)}/${"name".repeat(30)}`]: "long\n", "ü\nnewline": "odd\n", z: "" };
      const run = await lab.run({
        script: "cd /input; find . -type f -exec cat {} \\; ; stat -c '%a %Y' a a/b; touch a/b || echo refused",
        input,
      });
      const lines = (await lab.stdout(run)).split("\n");
      for (const line of ["nested", "long", "odd", "555 0", "444 0", "refused"])
        assert.ok(lines.includes(line), `${line} in ${lines.join(" ")}`);
    });

    it("gives an empty /tmp that it may write to, also where the image has a folder of that name", async () => {
      const run = await lab.run({ script: "stat -c %a /tmp; ls /tmp; echo kept > /tmp/x && cat /tmp/x" });
      assert.equal(await lab.stdout(run), "1777\nkept\n");
    });

    it("gives the same output hash when it is run again", async () => {
      const job = {
        script: "env; id; hostname; pwd; nproc; cat /etc/hosts /proc/cpuinfo /proc/meminfo; ls /sys; wc -c /input/i",
        input: { i: "x" },
      };
      const [first, second] = [await lab.run(job), await lab.run(job)];
      assert.equal(first.manifest.outcome, "exited");
      assert.equal(first.outputHash, second.outputHash);
    });
  });
