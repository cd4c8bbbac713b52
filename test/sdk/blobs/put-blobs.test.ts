import assert from "node:assert/strict";
import { memoryStore, putBlobs, runConcurrently } from "@parity-protocol/sdk";
import { blobOf, withCode } from "../../support/blobs.ts";

describe("putBlobs", () => {
  it("sends each blob that the store does not have once", async () => {
    const store = memoryStore();
    const [a, b, c] = [blobOf(10, 1), blobOf(20, 2), blobOf(30, 3)];
    await store.put(a);
    const seen: number[] = [];
    const sent = await putBlobs(store, [a, b, b, c], { onProgress: ({ bytes }) => seen.push(bytes), concurrency: 1 });
    assert.deepEqual(sent, { blobs: 2, bytes: 50 });
    assert.deepEqual(seen, [20, 50]);
    assert.equal(store.blobs.size, 3);
  });

  it("is refused when bytes do not hash to their name", async () => {
    await assert.rejects(putBlobs(memoryStore(), [{ ...blobOf(10), sha256: "0".repeat(64) }]), withCode("BLOB_CORRUPT"));
  });
});

describe("runConcurrently", () => {
  it("runs no more than the bound at a time, and all of them", async () => {
    let [running, most, done] = [0, 0, 0];
    await runConcurrently(Array.from({ length: 20 }), 3, async () => {
      running += 1;
      most = Math.max(most, running);
      await new Promise((resolve) => setImmediate(resolve));
      running -= 1;
      done += 1;
    });
    assert.deepEqual([most, done], [3, 20]);
  });

  it("starts nothing more after a failure, and throws it when all have ended", async () => {
    const started: number[] = [];
    let ended = 0;
    await assert.rejects(
      runConcurrently([0, 1, 2, 3, 4], 2, async (item) => {
        started.push(item);
        if (item === 0) throw new Error("first");
        await new Promise((resolve) => setImmediate(resolve));
        ended += 1;
      }),
      { message: "first" },
    );
    assert.deepEqual([started, ended], [[0, 1], 1]);
  });
});
