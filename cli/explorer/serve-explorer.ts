import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { ParityError } from "@parity-protocol/sdk";
import type { Network } from "../network/network-file.ts";

/** A page that answers. */
export interface ServedExplorer {
  url: string;
  close(): Promise<void>;
}

interface ServedFile {
  bytes: Buffer;
  type: string;
  /** Its name changes with its content. */
  isImmutable: boolean;
}

const types: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
  ".woff2": "font/woff2",
  ".txt": "text/plain; charset=utf-8",
};

/**
 * Serves the built page of a network on the loopback interface: files from memory, nothing else. The page may speak to this
 * network's chain and store only.
 * @param folder what buildExplorer returned
 * @throws EXPLORER_UNAVAILABLE
 */
export async function serveExplorer(folder: string, network: Network, { port = 0 }: { port?: number } = {}): Promise<ServedExplorer> {
  const files = new Map([...readFiles(folder), ["/network.json", networkFile(network)] as const]);
  const headers = headersFor(network);
  const server = createServer({ keepAliveTimeout: 5_000 }, (request, response) => answer(request, response, { files, headers }));
  try {
    server.listen(port, "127.0.0.1");
    await once(server, "listening");
  } catch (cause) {
    throw new ParityError("EXPLORER_UNAVAILABLE", `The explorer cannot listen on 127.0.0.1:${port}: ${(cause as Error).message}.`, {
      cause,
    });
  }
  const bound = server.address() as AddressInfo;
  const close = async () => {
    server.close();
    server.closeAllConnections();
    await once(server, "close");
  };
  return { url: `http://127.0.0.1:${bound.port}/`, close };
}

/** What the page may know of a network: no key, no token. */
function networkFile({ chainId, rpcUrl, escrow, deployedAtBlock, storeUrl, gate }: Network): ServedFile {
  const storeUrls = storeUrl ? [storeUrl] : [];
  const shown = { name: "Local network", chainId, rpcUrl, escrow, deployedAtBlock, storeUrls, ...(gate ? { gate } : {}), isFixed: true };
  return { bytes: Buffer.from(JSON.stringify(shown)), type: "application/json", isImmutable: false };
}

/** The page's own policy, narrowed to this network. */
function headersFor({ rpcUrl, storeUrl }: Network): Record<string, string> {
  const origins = [rpcUrl, ...(storeUrl ? [storeUrl] : [])].map((url) => new URL(url).origin);
  const policy = [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    "font-src 'self'",
    `connect-src 'self' ${[...new Set(origins)].join(" ")}`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ];
  return {
    "content-security-policy": policy.join("; "),
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), clipboard-write=(self)",
  };
}

function* readFiles(folder: string, at = "/"): Generator<[string, ServedFile]> {
  for (const entry of readdirSync(path.join(folder, at), { withFileTypes: true })) {
    if (entry.isDirectory()) yield* readFiles(folder, `${at}${entry.name}/`);
    else yield [`${at}${entry.name}`, readFile(path.join(folder, at, entry.name), at === "/assets/")];
  }
}

function readFile(file: string, isImmutable: boolean): ServedFile {
  return { bytes: readFileSync(file), type: types[path.extname(file)] ?? "application/octet-stream", isImmutable };
}

interface Served {
  files: ReadonlyMap<string, ServedFile>;
  headers: Record<string, string>;
}

function answer(request: IncomingMessage, response: ServerResponse, { files, headers }: Served): void {
  const isRead = request.method === "GET" || request.method === "HEAD";
  const address = (request.url ?? "/").split("?", 1)[0] ?? "/";
  const file = files.get(address === "/" ? "/index.html" : address);
  // Another host name that leads here is somebody's attempt to make a foreign page of the same origin.
  const isOwnHost = /^(127\.0\.0\.1|localhost)(:\d+)?$/.test(request.headers.host ?? "");
  const status = !isOwnHost ? 421 : !isRead ? 405 : file ? 200 : 404;
  const isGiven = status === 200 && file !== undefined;
  const body = isGiven ? file.bytes : Buffer.from("There is nothing here.\n");
  response.writeHead(status, {
    ...headers,
    "content-type": isGiven ? file.type : "text/plain; charset=utf-8",
    "content-length": body.length,
    "cache-control": isGiven && file.isImmutable ? "public, max-age=31536000, immutable" : "no-store",
  });
  response.end(request.method === "HEAD" ? undefined : body);
}
