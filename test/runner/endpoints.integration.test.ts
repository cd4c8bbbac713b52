import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { giveLab } from "./support/give-lab.ts";
import { RunnerLab } from "./support/lab.ts";

describe("runner with several endpoints", () => {
  let lab: RunnerLab;

  giveLab(
    () => RunnerLab.open(),
    (opened) => {
      lab = opened;
    },
  );

  /** An endpoint that only ever asks to slow down. */
  async function limitedEndpoint(): Promise<string> {
    const server = createServer((_, response) => response.writeHead(429).end()).listen(0, "127.0.0.1");
    await once(server, "listening");
    lab.later(() => server.close());
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  it("finishes a task while the first endpoint asks to slow down all the time, and counts that", async () => {
    const urls = `${await limitedEndpoint()}, ${lab.rpcUrl}`;
    const runner = await lab.start(1, { change: { RUNNER_RPC_URL: urls, RUNNER_METRICS_PORT: "0" } });
    const { taskId } = await lab.post(await lab.upload({ script: "echo rotated" }));
    assert.equal((await runner.said("Task done", taskId)).fields.why, "settled");
    const metrics = await (await fetch(`http://127.0.0.1:${runner.metricsPort}/metrics`)).text();
    assert.match(metrics, /parity_runner_rpc_errors_total\{endpoint="http:\/\/127\.0\.0\.1:\d+",kind="limited"\} [1-9]/);
    await runner.stop();
  });
});
