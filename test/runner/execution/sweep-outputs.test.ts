import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { removePartialOutputs, sweepOutputs } from "../../../runner/execution/sweep-outputs.ts";
import { Journal } from "../../../runner/journal/journal.ts";
import { buildTask, escrow, runnerAddress } from "../support/records.ts";

describe("sweepOutputs", () => {
  it("removes outputs of tasks that were done a while ago, and none that may still be needed", async () => {
    const directory = mkdtempSync(join(tmpdir(), "parity-outputs-"));
    const outputs = join(directory, "outputs");
    const journal = new Journal(join(directory, "journal"), { chainId: 31_337, escrow, runner: runnerAddress });
    const [inHand, justDone, longDone] = [1n, 2n, 3n].map((nonce) => buildTask({ nonce })) as [
      ReturnType<typeof buildTask>,
      ReturnType<typeof buildTask>,
      ReturnType<typeof buildTask>,
    ];
    journal.recordTasks([inHand, justDone, longDone]);
    for (const { taskId } of [inHand, justDone, longDone]) mkdirSync(join(outputs, taskId), { recursive: true });
    for (const { taskId } of [justDone, longDone]) journal.recordDone(taskId, "settled", 1n);
    const hoursAgo = new Date(Date.now() - 7_200_000);
    for (const { taskId } of [inHand, longDone]) utimesSync(join(outputs, taskId), hoursAgo, hoursAgo);
    assert.equal(await sweepOutputs(outputs, journal), 1);
    assert.deepEqual(readdirSync(outputs).sort(), [inHand.taskId, justDone.taskId].sort());
    journal.close();
    rmSync(directory, { recursive: true });
  });
});

describe("removePartialOutputs", () => {
  it("removes what was half written, and nothing that has its name", async () => {
    const outputs = mkdtempSync(join(tmpdir(), "parity-outputs-"));
    mkdirSync(join(outputs, "0x11"));
    for (const name of [".partial-1", ".partial-2", "ab", "stderr"]) writeFileSync(join(outputs, "0x11", name), name);
    await removePartialOutputs(outputs);
    assert.deepEqual(readdirSync(join(outputs, "0x11")).sort(), ["ab", "stderr"]);
    rmSync(outputs, { recursive: true });
  });
});
