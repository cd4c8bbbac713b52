import assert from "node:assert/strict";
import type { ExecuteJob } from "@parity-protocol/runner";
import { toHex } from "viem";
import { giveLab } from "./support/give-lab.ts";
import { RunnerLab } from "./support/lab.ts";

/** Gives another output each time, as a job does that depends on its machine. */
function unstable(real: ExecuteJob): ExecuteJob {
  let runs = 0;
  return async (job, signal) => {
    runs += 1;
    return { ...(await real(job, signal)), outputHash: toHex(runs, { size: 32 }) };
  };
}

describe("runner that checks itself", () => {
  let lab: RunnerLab;

  giveLab(
    () => RunnerLab.open(),
    (opened) => {
      lab = opened;
    },
  );

  it("commits nothing where two runs of a job differ, and refuses the job from then on, also after a restart", async () => {
    const change = { RUNNER_SELF_CHECK: "always", RUNNER_DIRECTORY: `${lab.directory}/checking` };
    const runner = await lab.start(1, { change, ports: { execute: unstable } });
    const jobHash = await lab.upload({ script: "echo unstable" });
    const { taskId } = await lab.post(jobHash);
    await runner.said("Job gave two outputs", taskId);
    await runner.saidBecause("execution-failed", taskId);
    assert.equal((await lab.stateOf(taskId)).state.committed, 0);
    await runner.stop();

    const again = await lab.start(1, { change });
    const second = await lab.post(jobHash, { bountyWei: 4_000_000n });
    const { fields } = await again.said("Task refused", second.taskId);
    assert.deepEqual(
      (fields.reasons as { refusal: string }[]).map(({ refusal }) => refusal),
      ["gave-two-outputs"],
    );
    assert.equal((await lab.stateOf(taskId)).state.committed, 0);
    await again.stop();
  });

  it("runs the first job of an image twice, and the next one once", async () => {
    const runs: string[] = [];
    const runner = await lab.start(2, {
      change: { RUNNER_SELF_CHECK: "new-images", RUNNER_MIN_SHARE_WEI: "5000000" },
      ports: {
        execute: (real) => (job, signal) => {
          runs.push(job.taskId);
          return real(job, signal);
        },
      },
    });
    const first = await lab.post(await lab.upload({ script: "echo one" }), { bountyWei: 5_000_000n });
    await runner.said("Task done", first.taskId);
    const second = await lab.post(await lab.upload({ script: "echo two" }), { bountyWei: 5_000_000n });
    await runner.said("Task done", second.taskId);
    assert.deepEqual(runs, [first.taskId, first.taskId, second.taskId]);
    await runner.stop();
  });

  it("takes no task that it could not pay for to the end, and takes it when money has come", async () => {
    const balance = (wei: bigint) => lab.rpc("hardhat_setBalance", [lab.addressOf(3), toHex(wei)]);
    await balance(10n ** 12n);
    const runner = await lab.start(3, { change: { RUNNER_MIN_SHARE_WEI: "6000000" } });
    const { taskId } = await lab.post(await lab.upload({ script: "echo paid" }), { bountyWei: 6_000_000n });
    await runner.said("Reserving stopped: too little is left for gas");
    await runner.saidBecause("gas-short", taskId);
    await balance(10n ** 19n);
    await runner.said("Reserving resumed");
    await runner.said("Payout claimed", taskId);
    await runner.stop();
  });
});
