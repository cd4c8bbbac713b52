import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  type Blobbed,
  blobFromBytes,
  defaultLimits,
  encodeJobSpec,
  type JobSpec,
  type MemoryStore,
  memoryStore,
} from "@parity-protocol/sdk";
import { folderStore } from "@parity-protocol/store";
import { JobCache } from "../../../runner/execution/job-cache.ts";
import { hash } from "../support/records.ts";

describe("job cache", () => {
  let directory: string;
  let store: MemoryStore;

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "parity-cache-"));
    store = memoryStore();
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  const signal = new AbortController().signal;
  const cacheOf = (maxBytes: number) => new JobCache(folderStore(directory, { isDurable: false, maxBytes }));

  async function blob(length: number, fill: number): Promise<Blobbed> {
    const made = blobFromBytes(new Uint8Array(length).fill(fill));
    await store.put(made);
    return made;
  }

  function specOf(archive: Blobbed): JobSpec {
    return {
      version: 1,
      image: { archive: archive.sha256, bytes: archive.bytes, platform: "linux/amd64" },
      command: ["/run"],
      env: {},
      workingDirectory: "/",
      input: [],
      limits: defaultLimits,
      expect: { exitCode: 0 },
      determinism: { level: "standard@1", seed: "0".repeat(64) },
    };
  }

  it("gives the spec and the parts of a job again when the stores are gone", async () => {
    const spec = specOf(await blob(100, 1));
    const specBlob = blobFromBytes(encodeJobSpec(spec));
    await store.put(specBlob);
    const cache = cacheOf(1_000_000);
    await cache.fetchSpec(`0x${specBlob.sha256}`, { sources: [store], signal });
    await cache.fetchParts(hash("01"), spec, { sources: [store], signal });
    assert.deepEqual(await cache.fetchSpec(`0x${specBlob.sha256}`, { sources: [], signal }), spec);
    await cache.fetchParts(hash("01"), spec, { sources: [], signal });
  });

  it("makes room by removing the oldest parts that no task holds, and no others", async () => {
    const cache = cacheOf(250);
    const [first, second, third] = [await blob(100, 1), await blob(100, 2), await blob(100, 3)];
    await cache.fetchParts(hash("01"), specOf(first), { sources: [store], signal });
    await cache.fetchParts(hash("02"), specOf(second), { sources: [store], signal });
    cache.release(hash("02"));
    await cache.fetchParts(hash("03"), specOf(third), { sources: [store], signal });
    assert.deepEqual(await cache.folder.missing([first.sha256, second.sha256, third.sha256]), [second.sha256]);
  });

  it("refuses what does not fit beside the jobs in hand", async () => {
    const cache = cacheOf(150);
    await cache.fetchParts(hash("01"), specOf(await blob(100, 1)), { sources: [store], signal });
    const next = specOf(await blob(100, 2));
    await assert.rejects(cache.fetchParts(hash("02"), next, { sources: [store], signal }), { code: "STORE_FULL" });
  });

  it("takes nothing from a store that lies", async () => {
    const truth = await blob(100, 1);
    const liar = { ...store, label: "liar", open: async () => new Response(new Uint8Array(100)).body as ReadableStream<Uint8Array> };
    const cache = cacheOf(1_000);
    await assert.rejects(cache.fetchParts(hash("01"), specOf(truth), { sources: [liar], signal }), { code: "BLOB_CORRUPT" });
    await cache.fetchParts(hash("01"), specOf(truth), { sources: [liar, store], signal });
  });
});
