import assert from "node:assert/strict";
import { createMetrics } from "../../../runner/telemetry/metrics.ts";
import { serveMetrics } from "../../../runner/telemetry/serve-metrics.ts";
import type { RunnerStatus } from "../../../runner/telemetry/status.ts";
import { escrow, runnerAddress } from "../support/records.ts";

const status: RunnerStatus = {
  source: "live",
  runner: runnerAddress,
  escrow,
  chainId: 31_337,
  now: 1_000,
  notReady: [],
  today: { payouts: 2, earnedWei: "20", gasWei: "3" },
  tasks: [],
};

describe("serveMetrics", () => {
  it("is ready while nothing keeps it from taking tasks, and says what does", async () => {
    const { registry } = createMetrics();
    const now = { ...status };
    const server = await serveMetrics(0, { registry, isHealthy: () => true, status: async () => now });
    const get = (path: string) => fetch(`http://127.0.0.1:${server.port}${path}`);
    assert.equal((await get("/readyz")).status, 200);
    now.notReady = ["gas-short"];
    const response = await get("/readyz");
    assert.equal(response.status, 503);
    assert.deepEqual(await response.json(), { ready: false, notReady: ["gas-short"] });
    assert.deepEqual(await (await get("/status")).json(), now);
    await server.close();
  });

  it("answers with an error, and goes on, when its status cannot be read", async () => {
    const { registry } = createMetrics();
    const broken = () => Promise.reject(new Error("the disk is gone"));
    const server = await serveMetrics(0, { registry, isHealthy: () => true, status: broken });
    assert.equal((await fetch(`http://127.0.0.1:${server.port}/status`)).status, 500);
    assert.equal((await fetch(`http://127.0.0.1:${server.port}/healthz`)).status, 200);
    await server.close();
  });

  it("serves what was counted, its health, and nothing else", async () => {
    const { registry, steps } = createMetrics();
    steps.inc({ verb: "commit", outcome: "done" });
    let isHealthy = true;
    const server = await serveMetrics(0, { registry, isHealthy: () => isHealthy, status: async () => status });
    const get = (path: string) => fetch(`http://127.0.0.1:${server.port}${path}`);
    assert.match(await (await get("/metrics")).text(), /parity_runner_steps_total\{verb="commit",outcome="done"\} 1/);
    assert.equal((await get("/healthz")).status, 200);
    isHealthy = false;
    assert.equal((await get("/healthz")).status, 503);
    assert.equal((await get("/")).status, 404);
    await server.close();
  });

  it("names a port that is taken", async () => {
    const { registry } = createMetrics();
    const server = await serveMetrics(0, { registry, isHealthy: () => true, status: async () => status });
    await assert.rejects(serveMetrics(server.port, { registry, isHealthy: () => true, status: async () => status }), {
      code: "METRICS_PORT_UNUSABLE",
    });
    await server.close();
  });
});
