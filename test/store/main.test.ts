import assert from "node:assert/strict";
import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import { request as httpRequest } from "node:http";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { httpStore } from "@parity-protocol/sdk";
import { folderStore } from "@parity-protocol/store";
import { blobOf, bytesOf, Cleanup } from "../support/blobs.ts";
import { token } from "./support.ts";

const main = fileURLToPath(new URL("../../store/main.ts", import.meta.url));

describe("the store program", () => {
  const cleanup = new Cleanup();
  afterEach(() => cleanup.run());

  function start(env: Record<string, string>): ChildProcessByStdio<null, Readable, Readable> {
    const child = spawn(process.execPath, [main], {
      cwd: cleanup.directory(),
      env: { PATH: process.env.PATH, ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    cleanup.later(() => child.kill("SIGKILL"));
    return child;
  }

  /** Starts a store and reads its ready line; a store that ends before it says so fails the test with what it said. */
  async function startReady(directory: string) {
    const child = start({ STORE_DIRECTORY: directory, STORE_PORT: "0", STORE_TOKEN: token });
    let said = "";
    child.stderr.on("data", (chunk) => {
      said += chunk;
    });
    const line = await new Promise<string>((resolve, reject) => {
      createInterface({ input: child.stdout }).once("line", resolve);
      child.once("close", (code) => reject(new Error(`the store ended with ${code}: ${said}`)));
    });
    return { child, ready: JSON.parse(line) as { ready: boolean; url: string }, logs: () => said };
  }

  it("says on one line where it listens, serves, and exits with 0 on SIGTERM", async () => {
    const directory = cleanup.directory();
    const { child, ready, logs } = await startReady(directory);
    assert.equal(ready.ready, true);
    await httpStore(ready.url, { token }).put(blobOf(1000));
    child.kill("SIGTERM");
    assert.deepEqual(await once(child, "close"), [0, null]);
    assert.deepEqual(await folderStore(directory).missing([blobOf(1000).sha256]), []);
    assert.match(logs(), /Store closed/);
    assert.ok(!logs().includes(token));
  });

  it("lets an upload that is under way end before it exits", async () => {
    const directory = cleanup.directory();
    const { child, ready } = await startReady(directory);
    const content = bytesOf(1000);
    const closing = once(
      createInterface({ input: child.stderr }).on("line", () => undefined),
      "line",
    );
    const answered = new Promise<number | undefined>((resolve, reject) => {
      const headers = { authorization: `Bearer ${token}`, "content-length": 1000, expect: "100-continue" };
      const request = httpRequest(`${ready.url}/blobs/${blobOf(1000).sha256}`, { method: "PUT", headers, agent: false });
      request.once("error", reject);
      request.once("response", (response) => resolve(response.resume().statusCode));
      request.once("continue", () => {
        request.write(content.subarray(0, 500));
        child.kill("SIGTERM");
        void closing.then(() => request.end(content.subarray(500)));
      });
    });
    assert.equal(await answered, 201);
    assert.deepEqual(await once(child, "close"), [0, null]);
  });

  it("exits with 1 and a coded error when it is told wrong", async () => {
    const child = start({ STORE_DIRECTORY: "d", STORE_PORT: "http" });
    const said = text(child.stderr);
    assert.deepEqual(await once(child, "close"), [1, null]);
    assert.equal(JSON.parse(await said).code, "STORE_CONFIG_INVALID");
  });

  for (const directory of ["/proc/parity-store", "/proc/self/fd/blobs", "/sys/parity"])
    it(`exits with 1 and a coded error when it is to keep its blobs in ${directory}`, async () => {
      const child = start({ STORE_DIRECTORY: directory, STORE_PORT: "0" });
      const said = text(child.stderr);
      assert.deepEqual(await once(child, "close"), [1, null]);
      assert.equal(JSON.parse(await said).code, "STORE_DIRECTORY_UNUSABLE");
    });

  it("exits with 75 when its chain does not answer", async () => {
    const rpcUrl = await cleanup.serve((_, response) => response.writeHead(502).end());
    const child = start({
      STORE_DIRECTORY: cleanup.directory(),
      STORE_PORT: "0",
      STORE_RPC_URL: rpcUrl,
      STORE_ESCROW: `0x${"1".repeat(40)}`,
    });
    const said = text(child.stderr);
    assert.deepEqual(await once(child, "close"), [75, null]);
    assert.equal(JSON.parse(await said).code, "RPC_UNREACHABLE");
  });

  it("exits with 1 when its address is taken", async () => {
    const { ready } = await startReady(cleanup.directory());
    const child = start({ STORE_DIRECTORY: cleanup.directory(), STORE_PORT: new URL(ready.url).port });
    const said = text(child.stderr);
    assert.deepEqual(await once(child, "close"), [1, null]);
    assert.equal(JSON.parse(await said).code, "STORE_CANNOT_LISTEN");
  });
});
