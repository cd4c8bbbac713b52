import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { statusLines } from "../../../cli/commands/runner-status.ts";
import { Journal } from "../../../runner/journal/journal.ts";
import { readStatus } from "../../../runner/telemetry/read-status.ts";
import { buildTask, escrow, hash, runnerAddress, submitter } from "../../runner/support/records.ts";
import { parity, temporaryFolder } from "../support/parity.ts";

describe("parity runner", () => {
  const folder = temporaryFolder();
  const directory = path.join(folder.path, "runner");
  const here = { cwd: folder.path, env: { RUNNER_DIRECTORY: directory } };
  after(() => folder.remove());

  before(() => {
    mkdirSync(directory);
    const journal = new Journal(path.join(directory, "journal.sqlite"), { chainId: 31_337, escrow, runner: runnerAddress });
    const task = buildTask();
    journal.recordTasks([task]);
    journal.recordPromise(task.taskId, { identity: hash("01"), payee: submitter, outputHash: hash("02"), commitment: hash("03") });
    journal.recordPayout({ taskId: hash("0a"), shareWei: 12_345n, bondWei: 0n, blockNumber: 1n });
    journal.close();
  });

  it("shows a person what a runner held and earned when none answers", async () => {
    const lines = statusLines(await readStatus({ directory }), (_, text) => text).join("\n");
    assert.match(lines, /no runner answers; this is what its journal holds/);
    assert.match(lines, /1 payouts, 12,345 earned, 0 eth spent on gas/);
    assert.match(lines, /task +slot +step +deadline +share\n0x[0-9a-f]{8}… +unknown +promised +over +1,000/);
  });

  it("says the same as JSON, and ends with 2 where the runner takes no tasks", async () => {
    const { code, records } = await parity(["--json", "runner", "status"], here);
    assert.equal(code, 2);
    const [status] = records as [{ source: string; today: { earnedWei: string }; tasks: { step: string }[] }];
    assert.deepEqual([status.source, status.today.earnedWei, status.tasks[0]?.step], ["journal", "12345", "promised"]);
  });

  it("copies the journal once, and never over a file", async () => {
    assert.equal((await parity(["runner", "backup", "copy.sqlite"], here)).code, 0);
    new Journal(path.join(folder.path, "copy.sqlite"), "read-only").close();
    const again = await parity(["runner", "backup", "copy.sqlite"], here);
    assert.deepEqual([again.code, /BACKUP_FAILED/.test(again.stderr)], [1, true]);
  });

  it("names what is wrong, with exit code 1: a directory without a journal, a port, a journal that is none", async () => {
    const broken = path.join(folder.path, "broken");
    mkdirSync(broken);
    writeFileSync(path.join(broken, "journal.sqlite"), "not a journal ".repeat(500));
    for (const [args, problem] of [
      [["--directory", folder.path], /RUNNER_NOT_FOUND/],
      [["--metrics-port", "70000"], /RUNNER_METRICS_PORT must be at most 65535; it got \\"70000/],
      [["--directory", broken], /RUNNER_DIRECTORY_UNUSABLE/],
    ] as const) {
      const { code, stderr } = await parity(["runner", "status", ...args], here);
      assert.deepEqual([code, problem.test(stderr)], [1, true], stderr);
    }
  });

  it("names every variable that is missing before it explains anything", async () => {
    const { code, stderr } = await parity(["runner", "explain", "latest"], here);
    assert.equal(code, 1);
    assert.match(stderr, /RUNNER_CONFIG_INVALID[\s\S]*RUNNER_ESCROW is missing[\s\S]*RUNNER_KEYSTORE is missing/);
  });
});
