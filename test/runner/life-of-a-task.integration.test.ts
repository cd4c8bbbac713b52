import assert from "node:assert/strict";
import { fetchResult } from "@parity-protocol/sdk";
import { getBalance } from "viem/actions";
import { RunnerLab } from "./support/lab.ts";

describe("runner", () => {
  let lab: RunnerLab;

  before(async () => {
    lab = await RunnerLab.open();
  });
  after(() => lab.close());

  it("alone completes a task of one slot: from the post to the payout, with the output at the store", async () => {
    const payee = "0x00000000000000000000000000000000000000A1";
    const runner = await lab.start(1, { change: { RUNNER_PAYEE: payee } });
    const { taskId } = await lab.post(
      await lab.upload({ script: "cat /input/words > /output/copy; echo done", input: { words: "one two" } }),
    );
    const { outcome, outputHash } = await lab.waitForResult(taskId);
    assert.equal(outcome, "ACCEPTED");
    await runner.said("Task done", taskId);
    assert.equal(await getBalance(lab.submitter, { address: payee }), 3_000_000n);
    const result = await fetchResult({ outputHash: outputHash ?? "0x", sources: [lab.store] });
    assert.equal(result.manifest.outcome, "exited");
    await runner.stop();
  });
});
