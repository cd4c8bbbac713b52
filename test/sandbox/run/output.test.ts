import assert from "node:assert/strict";
import { readdir } from "node:fs/promises";
import type { ExitedManifest } from "@parity-protocol/sdk";
import { levels, SandboxLab, type TestJob } from "../../support/sandbox.ts";

/** A cpio archive that unpacks into a socket: busybox has no other tool that makes one. */
function cpioOfSocket(): string {
  const entry = (name: string, mode: number) => {
    const fields = [1, mode, 0, 0, 1, 0, 0, 0, 0, 0, 0, name.length + 1, 0];
    const header = `070701${fields.map((field) => field.toString(16).padStart(8, "0")).join("")}${name}\0`;
    return header.padEnd(Math.ceil(header.length / 4) * 4, "\0");
  };
  return entry("socket", 0o140644) + entry("TRAILER!!!", 0);
}

for (const level of levels)
  describe(`reading the output of ${level}`, () => {
    let lab: SandboxLab;
    before(async () => {
      lab = await SandboxLab.open(level);
    });
    after(() => lab.close());

    async function files(job: TestJob): Promise<ExitedManifest["files"]> {
      const run = await lab.run(job);
      assert.equal(run.manifest.outcome, "exited", run.reason);
      return (run.manifest as ExitedManifest).files;
    }

    async function breaches(job: TestJob, outcome: "output-refused" | "output-too-large"): Promise<void> {
      const run = await lab.run(job);
      assert.deepEqual(run.manifest, { version: 1, outcome }, run.reason);
      assert.ok(run.reason);
      assert.deepEqual(
        run.blobs.map((blob) => blob.sha256),
        [run.outputHash.slice(2)],
      );
      assert.deepEqual(
        (await readdir(lab.outputDirectory)).filter((name) => name.startsWith(".")),
        [],
      );
    }

    it("takes hard links as files, ignores sockets, empty folders and special bits, and keeps odd names", async () => {
      const script = `cd /output; echo one > b; ln b a; mkdir -p empty/er; mkdir deep; echo x > "deep/new
line"; echo x > 'back\\slash'; echo x > ü; chmod 6755 b; chmod 000 ü; cpio -i < /input/socket.cpio && [ -S socket ] || exit 1`;
      const found = await files({ script, input: { "socket.cpio": cpioOfSocket() } });
      assert.deepEqual(
        found.map(({ path, bytes, executable }) => [path, bytes, executable]),
        [
          ["a", 4, true],
          ["b", 4, true],
          ["back\\slash", 2, false],
          ["deep/new\nline", 2, false],
          ["ü", 2, false],
        ],
      );
      assert.equal(found[0]?.sha256, found[1]?.sha256);
    });

    const refused: Record<string, string> = {
      "a symbolic link": "ln -s /etc/passwd /output/link",
      "a symbolic link that climbs out": "ln -s ../../etc /output/link",
      "a pipe": "mkfifo /output/pipe",
      "a device": "mknod /output/device c 0 0 && [ -c /output/device ]",
      "a name that is not UTF-8": `echo x > "/output/$(printf 'a\\377')"`,
      "a folder whose name is not UTF-8": `mkdir "/output/$(printf 'a\\377')"`,
      "a path deeper than 64 levels": "cd /output; for i in $(seq 70); do mkdir d; cd d; done",
      "a path longer than the engine can walk":
        "cd /output; n=$(printf '%0250d' 0); for i in $(seq 40); do mkdir $n; cd $n; done; echo x > f",
    };
    for (const [what, script] of Object.entries(refused))
      it(`refuses ${what}`, () => breaches({ script: `${script} || exit 1` }, "output-refused"));

    it("finds the output too large when stdout and the files together exceed the limit", async () => {
      const limits = { outputBytes: 10_000 };
      const script = (bytes: number) => `head -c 5000 /dev/zero; head -c ${bytes} /dev/zero > /output/f`;
      assert.equal((await files({ script: script(5_000), limits })).length, 1);
      await breaches({ script: script(5_001), limits }, "output-too-large");
    });

    it("finds the output too large whatever else is wrong with it", () =>
      breaches({ script: "ln -s x /output/a; head -c 20000 /dev/zero > /output/b", limits: { outputBytes: 10_000 } }, "output-too-large"));

    it("counts a hard link's bytes once for each name", () =>
      breaches({ script: "cd /output; head -c 6000 /dev/zero > a; ln a b", limits: { outputBytes: 10_000 } }, "output-too-large"));

    it("finds a sparse file of 2 GiB too large without reading it", () =>
      breaches({ script: "truncate -s 2147483648 /output/sparse" }, "output-too-large"));

    it("finds one file more than the limit too many, also when it is a link", async () => {
      const limits = { outputFiles: 3 };
      assert.equal((await files({ script: "cd /output; touch a b c", limits })).length, 3);
      await breaches({ script: "cd /output; touch a b c; ln a d", limits }, "output-too-large");
    });

    it("ends with the same outcome when a job writes 100,000 files", () =>
      breaches(
        { script: "cd /output; i=0; while [ $i -lt 100000 ]; do : > f$i || exit 0; i=$((i+1)); done", limits: { outputFiles: 1_000 } },
        "output-too-large",
      ));

    it("returns as many files as the limit allows", async () => {
      const script = "cd /output; i=0; while [ $i -lt 1000 ]; do echo $i > f$i; i=$((i+1)); done";
      const found = await files({ script, limits: { outputFiles: 1_000 } });
      assert.equal(found.length, 1_000);
    });

    it("reads a folder that was filled and emptied again, and one that pretends to be untouched", async () => {
      assert.equal((await files({ script: "cd /output; touch a; rm a" })).length, 0);
      assert.equal((await files({ script: "cd /output; stat -c %Y . > /tmp/t; touch a; touch -d @$(cat /tmp/t) ." })).length, 1);
    });
  });
