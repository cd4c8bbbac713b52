import assert from "node:assert/strict";
import { giveLab } from "./support/give-lab.ts";
import { RunnerLab } from "./support/lab.ts";
import { openLyingProxy, type Refusal } from "./support/lying-proxy.ts";

describe("runner with several endpoints", () => {
  let lab: RunnerLab;

  giveLab(
    () => RunnerLab.open(),
    (opened) => {
      lab = opened;
    },
  );

  /** An endpoint that only ever asks to slow down. */
  async function limitedEndpoint(refusal: Refusal): Promise<string> {
    const proxy = await openLyingProxy(lab.rpcUrl);
    lab.later(() => proxy.close());
    proxy.refuse(Number.POSITIVE_INFINITY, refusal);
    return proxy.url;
  }

  const refusals: Readonly<Record<string, Refusal>> = {
    "with the status 429": { by: "status" },
    "for a minute with Retry-After": { by: "status", retryAfterSeconds: 60 },
    "with an error of JSON-RPC": { by: "error" },
  };

  for (const [i, [how, refusal]] of Object.entries(refusals).entries())
    it(`finishes a task while the first endpoint asks to slow down ${how}, and counts when that is asked and when it is left alone`, async () => {
      const first = await limitedEndpoint(refusal);
      const runner = await lab.start(1 + i, { change: { RUNNER_RPC_URL: `${first}, ${lab.rpcUrl}`, RUNNER_METRICS_PORT: "0" } });
      const { taskId } = await lab.post(await lab.upload({ script: `echo rotated ${i}` }));
      assert.equal((await runner.said("Task done", taskId)).fields.why, "settled");
      const metrics = await (await fetch(`http://127.0.0.1:${runner.metricsPort}/metrics`)).text();
      for (const kind of ["limited", "resting"])
        assert.match(metrics, new RegExp(`parity_runner_rpc_errors_total\\{endpoint="${first}",kind="${kind}"\\} [1-9]`));
      assert.ok(runner.lines.every(({ sentence }) => sentence !== "Endpoints disagreed"));
      await runner.stop();
    });
});
