import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { ParityError } from "@parity-protocol/sdk";
import type { Registry } from "prom-client";
import type { RunnerStatus } from "./status.ts";

/** A server for monitors on the loopback interface. */
export interface MetricsServer {
  port: number;
  close(): Promise<void>;
}

/** What a server tells of. */
export interface Served {
  registry: Registry;
  /** Whether the chain is followed. */
  isHealthy: () => boolean;
  /** What the runner says of itself; also brings the gauges up to date. */
  status: () => Promise<RunnerStatus>;
}

/**
 * Serves /metrics; /healthz: 200 while `isHealthy`, else 503; /readyz: 200 while nothing keeps the runner from taking tasks, else 503
 * with the reasons; /status: the whole status as JSON.
 * @param port 0 takes a free one
 * @throws METRICS_PORT_UNUSABLE
 */
export async function serveMetrics(port: number, served: Served): Promise<MetricsServer> {
  const server = createServer((request, response) => {
    void answer(request.url ?? "/", response, served).catch(() => response.writeHead(500).end());
  });
  server.listen(port, "127.0.0.1");
  try {
    await once(server, "listening");
  } catch (cause) {
    throw new ParityError("METRICS_PORT_UNUSABLE", `Port ${port} cannot be listened on: ${(cause as Error).message}.`, { cause });
  }
  return {
    port: (server.address() as AddressInfo).port,
    close: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
}

async function answer(path: string, response: ServerResponse, { registry, isHealthy, status }: Served): Promise<void> {
  if (path === "/healthz") return sayJson(response, isHealthy() ? 200 : 503, { healthy: isHealthy() });
  if (path === "/status") return sayJson(response, 200, await status());
  if (path === "/readyz") {
    const { notReady } = await status();
    return sayJson(response, notReady.length === 0 ? 200 : 503, { ready: notReady.length === 0, notReady });
  }
  if (path !== "/metrics") return void response.writeHead(404).end();
  await status();
  response.writeHead(200, { "content-type": registry.contentType }).end(await registry.metrics());
}

function sayJson(response: ServerResponse, code: number, value: unknown): void {
  response.writeHead(code, { "content-type": "application/json" }).end(JSON.stringify(value));
}
