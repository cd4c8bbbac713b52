import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { sha256OfFile } from "@parity-protocol/sdk/node";
import { folderStore } from "@parity-protocol/store";
import { Cleanup, filesUnder } from "../support/blobs.ts";

const writer = fileURLToPath(new URL("children/write-for-ever.ts", import.meta.url));

describe("folderStore after a crash", () => {
  const cleanup = new Cleanup();
  afterEach(() => cleanup.run());

  /** Lets a real process write and kills it in the middle of the write after `stored` blobs. */
  async function writeAndKill(directory: string, stored: number): Promise<string[]> {
    const child = spawn(process.execPath, [writer, directory], { stdio: ["ignore", "pipe", "inherit"] });
    const told: string[] = [];
    for await (const line of createInterface({ input: child.stdout })) {
      if (line.startsWith("stored ")) told.push(line.slice("stored ".length));
      else if (told.length >= stored) break;
    }
    child.kill("SIGKILL");
    await once(child, "close");
    return told;
  }

  it("has every blob that was stored, whole, and no torn one, when the writer is killed in the middle of a write", async () => {
    const directory = cleanup.directory();
    for (const stored of [0, 1, 2, 3]) {
      const told = await writeAndKill(directory, stored);
      const store = folderStore(directory);
      assert.deepEqual(await store.missing(told), []);
      for await (const blob of store.list()) assert.equal((await sha256OfFile(store.pathOf(blob.sha256))).sha256, blob.sha256);
      assert.deepEqual(
        (await filesUnder(directory)).filter((path) => !path.startsWith("blobs")),
        [],
      );
    }
  });

  it("sweeps what processes that are gone left, and spares a living one's write", async () => {
    const directory = cleanup.directory();
    await folderStore(directory).ready();
    const left = (name: string, ageMs: number) => {
      const path = join(directory, "incoming", name);
      writeFileSync(path, "half");
      const time = new Date(Date.now() - ageMs);
      utimesSync(path, time, time);
    };
    const living = `${process.ppid}-aa-0`;
    left(living, 1000);
    left(`${process.ppid}-aa-1`, 25 * 60 * 60 * 1000);
    left(`${process.pid}-bb-0`, 24 * 60 * 60 * 1000 - 1);
    left("4194304999-cc-0", 1000);
    left("garbage", 1000);
    await folderStore(directory).ready();
    assert.deepEqual(await filesUnder(directory), [join("incoming", living)]);
  });
});
