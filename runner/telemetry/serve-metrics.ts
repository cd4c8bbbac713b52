import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { ParityError } from "@parity-protocol/sdk";
import type { Registry } from "prom-client";

/** A server for monitors on the loopback interface. */
export interface MetricsServer {
  port: number;
  close(): Promise<void>;
}

/**
 * Serves /metrics, and /healthz: 200 while `isHealthy`, else 503.
 * @param port 0 takes a free one
 * @throws METRICS_PORT_UNUSABLE
 */
export async function serveMetrics(
  port: number,
  { registry, isHealthy }: { registry: Registry; isHealthy: () => boolean },
): Promise<MetricsServer> {
  const server = createServer((request, response) => {
    if (request.url === "/healthz") {
      const healthy = isHealthy();
      response.writeHead(healthy ? 200 : 503, { "content-type": "application/json" }).end(JSON.stringify({ healthy }));
      return;
    }
    if (request.url !== "/metrics") {
      response.writeHead(404).end();
      return;
    }
    void registry.metrics().then((page) => response.writeHead(200, { "content-type": registry.contentType }).end(page));
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
