import assert from "node:assert/strict";
import { createMetrics } from "../../../runner/telemetry/metrics.ts";
import { serveMetrics } from "../../../runner/telemetry/serve-metrics.ts";

describe("serveMetrics", () => {
  it("serves what was counted, its health, and nothing else", async () => {
    const { registry, steps } = createMetrics();
    steps.inc({ verb: "commit", outcome: "done" });
    let isHealthy = true;
    const server = await serveMetrics(0, { registry, isHealthy: () => isHealthy });
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
    const server = await serveMetrics(0, { registry, isHealthy: () => true });
    await assert.rejects(serveMetrics(server.port, { registry, isHealthy: () => true }), { code: "METRICS_PORT_UNUSABLE" });
    await server.close();
  });
});
