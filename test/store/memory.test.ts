import assert from "node:assert/strict";
import { type ChildProcessByStdio, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import { httpStore, openBlob } from "@parity-protocol/sdk";
import { createNodeSha256, sha256OfStream } from "@parity-protocol/sdk/node";
import { Cleanup } from "../support/blobs.ts";
import { largeBlob } from "../support/large-blob.ts";
import { token } from "./support.ts";

const main = fileURLToPath(new URL("../../store/main.ts", import.meta.url));
const MIB = 1024 ** 2;
/** `npm run bench:store` does the same with a gigabyte. */
const total = 256 * MIB;

describe("a blob of 256 MiB", () => {
  const cleanup = new Cleanup();
  afterEach(() => cleanup.run());

  async function startProgram(): Promise<{ url: string; peakBytes(): number }> {
    const child: ChildProcessByStdio<null, Readable, null> = spawn(process.execPath, [main], {
      env: { PATH: process.env.PATH, STORE_DIRECTORY: cleanup.directory(), STORE_PORT: "0", STORE_TOKEN: token, STORE_LOG_LEVEL: "error" },
      stdio: ["ignore", "pipe", "inherit"],
    });
    cleanup.later(() => child.kill("SIGKILL"));
    const line = await new Promise<string>((resolve) => createInterface({ input: child.stdout }).once("line", resolve));
    const peakBytes = () => Number(/^VmHWM:\s+(\d+) kB/m.exec(readFileSync(`/proc/${child.pid}/status`, "utf8"))?.[1]) * 1024;
    return { url: (JSON.parse(line) as { url: string }).url, peakBytes };
  }

  it("passes through the store program in both directions without being held in memory", async function () {
    this.timeout(600_000);
    const store = await startProgram();
    const before = store.peakBytes();
    const blob = largeBlob(total);
    await httpStore(store.url, { token }).put(blob);
    const read = await sha256OfStream(await openBlob([httpStore(store.url)], { ...blob, createHash: createNodeSha256 }));
    assert.equal(read.sha256, blob.sha256);
    const grown = Math.round((store.peakBytes() - before) / MIB);
    // Buffers that await collection.
    assert.ok(grown < 128, `the store's peak grew by ${grown} MiB`);
  });
});
