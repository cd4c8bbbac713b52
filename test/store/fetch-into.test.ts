import assert from "node:assert/strict";
import { type BlobSource, httpStore, memoryStore, ParityError, type SourceFailure } from "@parity-protocol/sdk";
import { fetchInto, folderStore } from "@parity-protocol/store";
import { blobOf, bytesOf, Cleanup, filesUnder, streamThat, withCode } from "../support/blobs.ts";
import { startStore } from "./support.ts";

const blobs = Array.from({ length: 200 }, (_, i) => blobOf(2_000 + i, i + 1));

describe("fetchInto", () => {
  const cleanup = new Cleanup();
  afterEach(() => cleanup.run());

  it("brings what is missing from a real store, once", async () => {
    const store = await startStore(cleanup);
    const origin = folderStore(store.directory);
    for (const blob of blobs) await origin.put(blob);
    const folder = folderStore(cleanup.directory(), { isDurable: false });
    await folder.put(blobs[0] ?? blobOf(0));
    const seen: number[] = [];
    const options = { sources: [httpStore(store.url)], onProgress: ({ blobs: done }: { blobs: number }) => seen.push(done) };
    const fetched = await fetchInto(folder, [...blobs, ...blobs], options);
    assert.equal(fetched.blobs, 199);
    assert.deepEqual(
      seen,
      Array.from({ length: 199 }, (_, i) => i + 1),
    );
    assert.deepEqual(await fetchInto(folder, blobs, options), { blobs: 0, bytes: 0 });
  });

  it("passes over a source that lies or fails in the middle, and keeps nothing of it", async () => {
    const wanted = blobOf(3 * 1024 ** 2);
    const lying: BlobSource = { label: "lying", open: async () => streamThat([bytesOf(wanted.bytes, 2)]), missing: async () => [] };
    const stalling: BlobSource = {
      label: "stalling",
      open: async () => streamThat([bytesOf(2 * 1024 ** 2)], new ParityError("STORE_UNREACHABLE", "stalled")),
      missing: async () => [],
    };
    const good = memoryStore("good");
    await good.put(wanted);
    const folder = folderStore(cleanup.directory());
    await fetchInto(folder, [wanted], { sources: [lying, stalling, memoryStore("empty"), good] });
    assert.deepEqual(await folder.missing([wanted.sha256]), []);
    assert.equal((await filesUnder(folder.directory)).length, 1);
  });

  it("says which source failed and why when none delivers", async () => {
    const lying: BlobSource = { label: "lying", open: async () => streamThat([bytesOf(10)]), missing: async () => [] };
    const folder = folderStore(cleanup.directory());
    await assert.rejects(
      fetchInto(folder, [blobOf(100)], { sources: [memoryStore("empty"), lying] }),
      withCode("BLOB_CORRUPT", (error) => {
        assert.deepEqual(
          (error.details.sources as SourceFailure[]).map(({ source, code }) => `${source} ${code}`),
          ["empty BLOB_NOT_FOUND", "lying BLOB_CORRUPT"],
        );
      }),
    );
    assert.deepEqual(await filesUnder(folder.directory), []);
  });

  it("does not ask the next source when the folder is full", async () => {
    const store = memoryStore();
    await store.put(blobOf(100));
    const notAsked: BlobSource = { label: "not asked", open: () => assert.fail("was asked"), missing: async () => [] };
    const folder = folderStore(cleanup.directory(), { maxBytes: 50 });
    await assert.rejects(fetchInto(folder, [blobOf(100)], { sources: [store, notAsked] }), withCode("STORE_FULL"));
  });

  it("rejects with the caller's reason when aborted", async () => {
    const reason = new Error("enough");
    const fetching = fetchInto(folderStore(cleanup.directory()), blobs, { sources: [memoryStore()], signal: AbortSignal.abort(reason) });
    await assert.rejects(fetching, reason);
  });
});
