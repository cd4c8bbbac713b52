import { once } from "node:events";
import { readFileSync } from "node:fs";
import http from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { buildExplorer } from "../../../cli/explorer/build-explorer.ts";

const types: Record<string, string> = { ".html": "text/html", ".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml" };

/** A host that serves the built page in a folder of its, and the page's network file beside it. */
export interface StaticHost {
  url: string;
  /** The file beside the page; undefined: a page of the host's, with status 200, as some hosts answer. */
  networkFile: string | undefined;
  close(): void;
}

/** Serves the page from a folder of a host that knows nothing of it. */
export async function openStaticHost(): Promise<StaticHost> {
  const folder = await buildExplorer(AbortSignal.timeout(300_000));
  const server = http.createServer((request, response) => {
    const name = new URL(request.url ?? "/", "http://host").pathname.replace(/^\/some\/folder\//, "") || "index.html";
    if (name === "network.json") {
      response.writeHead(200, { "content-type": host.networkFile === undefined ? "text/html" : "application/json" });
      response.end(host.networkFile ?? "<h1>Not here</h1>");
      return;
    }
    response.setHeader("content-type", types[path.extname(name)] ?? "application/octet-stream");
    response.end(readFileSync(path.join(folder, name)));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const host: StaticHost = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/some/folder/`,
    networkFile: undefined,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
  return host;
}
