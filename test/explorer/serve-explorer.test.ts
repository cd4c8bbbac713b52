import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import http from "node:http";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { buildExplorer } from "../../cli/explorer/build-explorer.ts";
import { type ServedExplorer, serveExplorer } from "../../cli/explorer/serve-explorer.ts";

/** What the page may weigh, gzipped: scripts and styles. React, viem and the SDK with its contracts' code are most of it. */
const MOST_BYTES = 300_000;

const network = {
  chainId: 31_337,
  rpcUrl: "http://127.0.0.1:8545/",
  factory: `0x${"11".repeat(20)}`,
  escrow: `0x${"22".repeat(20)}`,
  deployedAtBlock: 1,
  storeUrl: "http://127.0.0.1:8090",
  storeToken: "secret-token",
  gate: `0x${"33".repeat(20)}`,
  submitterKey: `0x${"44".repeat(32)}`,
} as const;

describe("serveExplorer", () => {
  let folder: string;
  let served: ServedExplorer;
  before(async () => {
    folder = await buildExplorer(AbortSignal.timeout(300_000));
    served = await serveExplorer(folder, network);
  });
  after(() => served?.close());

  it("finds the page that was built from the same sources", async () => {
    assert.equal(await buildExplorer(AbortSignal.timeout(10_000)), folder);
  });

  it("forbids everything but its own files, this chain and this store", async () => {
    const { headers } = await fetch(served.url);
    const policy = headers.get("content-security-policy") ?? "";
    assert.match(policy, /^default-src 'none'; script-src 'self'; style-src 'self';/);
    assert.match(policy, /connect-src 'self' http:\/\/127\.0\.0\.1:8545 http:\/\/127\.0\.0\.1:8090;/);
    assert.match(policy, /frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'$/);
    assert.doesNotMatch(policy, /unsafe|\*|data:/);
    assert.equal(headers.get("x-content-type-options"), "nosniff");
    assert.equal(headers.get("referrer-policy"), "no-referrer");
  });

  it("tells the page where the network is, and neither key nor token", async () => {
    const text = await (await fetch(`${served.url}network.json`)).text();
    assert.deepEqual(JSON.parse(text), {
      name: "Local network",
      chainId: 31_337,
      rpcUrl: network.rpcUrl,
      escrow: network.escrow,
      deployedAtBlock: 1,
      storeUrls: [network.storeUrl],
      gate: network.gate,
      isFixed: true,
    });
  });

  it("serves nothing else, to no other host's name, and takes nothing", async () => {
    const { port } = new URL(served.url);
    const statusOf = (options: http.RequestOptions) =>
      new Promise<number>((resolve, reject) => {
        const request = http.request({ host: "127.0.0.1", port, ...options }, (response) => {
          response.resume();
          resolve(response.statusCode ?? 0);
        });
        request.on("error", reject);
        request.end();
      });
    assert.equal(await statusOf({ path: "/" }), 200);
    assert.equal(await statusOf({ path: "/assets/../../package.json" }), 404);
    assert.equal(await statusOf({ path: "/%2e%2e/package.json" }), 404);
    assert.equal(await statusOf({ path: "/", headers: { host: "rebound.example" } }), 421);
    assert.equal(await statusOf({ path: "/", method: "POST" }), 405);
  });

  it("refuses a port that is taken", async () => {
    const { port } = new URL(served.url);
    await assert.rejects(serveExplorer(folder, network, { port: Number(port) }), { code: "EXPLORER_UNAVAILABLE" });
  });

  it("stays small, names nothing of elsewhere, and carries the fonts' licence", () => {
    const assets = readdirSync(path.join(folder, "assets"));
    const code = assets.filter((name) => /\.(js|css)$/.test(name));
    const bytes = code.reduce((total, name) => total + gzipSync(readFileSync(path.join(folder, "assets", name)), { level: 9 }).length, 0);
    assert.ok(bytes < MOST_BYTES, `${bytes} bytes`);
    assert.doesNotMatch(readFileSync(path.join(folder, "index.html"), "utf8"), /https?:\/\/(?!127\.0\.0\.1|localhost)[a-z]/);
    assert.match(readFileSync(path.join(folder, "fonts-licence.txt"), "utf8"), /SIL OPEN FONT LICENSE/i);
  });
});
