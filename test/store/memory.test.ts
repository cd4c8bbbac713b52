import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { Cleanup } from "../support/blobs.ts";

const child = fileURLToPath(new URL("children/put-and-get-large.ts", import.meta.url));
const MIB = 1024 ** 2;

describe("a blob of 256 MiB", () => {
  const cleanup = new Cleanup();
  afterEach(() => cleanup.run());

  it("passes through a store in both directions without being held in memory", async () => {
    const { stdout } = await promisify(execFile)(process.execPath, [child, join(cleanup.directory(), "store"), String(256 * MIB)]);
    const seen = JSON.parse(stdout) as { isEqual: boolean; grownBytes: number };
    assert.ok(seen.isEqual);
    // Sender, store, reader and a copy share one process here; buffers that await collection are most of what it grows by.
    assert.ok(seen.grownBytes < 192 * MIB, `grew by ${Math.round(seen.grownBytes / MIB)} MiB`);
  });
});
