import assert from "node:assert/strict";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { findBusybox } from "../../support/busybox.ts";
import { ensurePrograms } from "../../support/debian-packages.ts";
import { parity, startUp, temporaryFolder, type UpProcess } from "../support/parity.ts";

describe("parity init", () => {
  const folder = temporaryFolder();
  const at = (...names: string[]) => path.join(folder.path, ...names);
  const run = (...args: string[]) => parity(args, { cwd: folder.path });
  after(() => folder.remove());

  it("refuses a folder that holds something, and leaves it alone", async () => {
    mkdirSync(at("mine"));
    writeFileSync(at("mine", "thesis.txt"), "x");
    assert.equal((await run("init", "static", "mine")).error?.code, "FILE_EXISTS");
    assert.deepEqual(readdirSync(folder.path), ["mine"]);
  });

  it("suggests the template that was meant", async () => {
    const { code, error } = await run("init", "pyton");
    assert.deepEqual([code, error?.code], [1, "USAGE_INVALID"]);
    assert.match(error?.hint ?? "", /python/);
  });

  it("refuses a program that would not start alone, and leaves nothing", async () => {
    const finished = await run("init", "static", "dynamic", "--program", process.execPath);
    assert.equal(finished.error?.code, "TEMPLATE_UNAVAILABLE", finished.stderr);
    assert.equal((await run("init", "static", "absent", "--program", "nowhere")).error?.code, "FILE_UNREADABLE");
    assert.deepEqual(readdirSync(folder.path), ["mine"]);
  });

  it("calls a program of one's own by its name", async () => {
    await run("init", "static", "own", "--program", findBusybox());
    assert.deepEqual((JSON.parse(readFileSync(at("own/job.json"), "utf8")) as { command: string[] }).command, [
      "/bin/busybox",
      "/input/text.txt",
    ]);
  });
});

describe("a job folder from a template", function () {
  this.timeout(600_000); // images of a hundred megabytes on a machine that may be busy
  const folder = temporaryFolder();
  let up: UpProcess;

  before(async () => {
    ensurePrograms({ python3: "python3-minimal libpython3-stdlib" });
    findBusybox();
    up = await startUp(folder.path, ["--runners", "2"]);
  });
  after(async () => {
    await up.stop();
    folder.remove();
  });

  for (const template of ["node", "python", "static", "dockerfile"])
    it(`runs as it is: ${template}`, async () => {
      const options = { cwd: folder.path };
      const made = await parity(["init", template], options);
      assert.equal(made.code, 0, made.stderr);
      const finished = await parity(["run", `${template}-job`, "--slots", "2", "--quorum", "2", "--out", `out-${template}`], options);
      assert.equal(finished.code, 0, finished.stderr);
      const stdout = readFileSync(path.join(folder.path, `out-${template}`, "stdout"), "utf8");
      assert.match(stdout, template === "static" ? /^[0-9a-f]{64} / : /^\d+/);
      assert.equal(existsSync(path.join(folder.path, `out-${template}`, "output")), true);
    });

  it("leaves logs that say what is verified and what is not", async () => {
    const { code, records } = await parity(["logs", "latest"], { cwd: folder.path });
    assert.equal(code, 0);
    assert.equal(records.length, 2);
    for (const { stdout, stderr } of records as {
      stdout: { text: string; isVerified: boolean };
      stderr: { isVerified: boolean } | null;
    }[]) {
      assert.deepEqual([stdout.text, stdout.isVerified], ["22\n", true]);
      assert.equal(stderr?.isVerified ?? false, false);
    }
  });

  it("can be watched to its end, though it is over", async () => {
    const { code, records } = await parity(["watch", "latest"], { cwd: folder.path });
    const events = records.map((record) => record.event).filter(Boolean);
    assert.deepEqual([code, events[0], events[1]], [0, "watching", "TaskPosted"]);
    assert.ok(events.includes("TaskDecided"));
    assert.equal(records.at(-1)?.phase, "ACCEPTED");
  });
});
