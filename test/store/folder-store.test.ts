import assert from "node:assert/strict";
import { mkdirSync, readFileSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { readBlob } from "@parity-protocol/sdk";
import { folderStore, type StoredBlob } from "@parity-protocol/store";
import { blobOf, bytesOf, Cleanup, filesUnder, readAll, streamThat, withCode } from "../support/blobs.ts";

const blob = blobOf(100_000);

describe("folderStore", () => {
  const cleanup = new Cleanup();
  afterEach(() => cleanup.run());

  describe("put", () => {
    it("keeps a blob in one file that is named by its hash", async () => {
      const store = folderStore(cleanup.directory());
      await store.put(blob);
      assert.deepEqual(await filesUnder(store.directory), [join("blobs", blob.sha256.slice(0, 2), blob.sha256)]);
      assert.deepEqual(new Uint8Array(readFileSync(store.pathOf(blob.sha256))), bytesOf(100_000));
    });

    for (const [what, length, lie] of [
      ["bytes that do not hash to the name", 100_000, { sha256: "0".repeat(64) }],
      ["many bytes that do not hash to the name", 3 * 1024 ** 2, { sha256: "0".repeat(64) }],
      ["fewer bytes than were said", 100_000, { bytes: 100_001 }],
      ["more bytes than were said", 100_000, { bytes: 99_999 }],
    ] as const)
      it(`refuses ${what} and leaves nothing`, async () => {
        const store = folderStore(cleanup.directory(), { maxBytes: 10 * 1024 ** 2 });
        await assert.rejects(store.put({ ...blobOf(length), ...lie }), withCode("BLOB_CORRUPT"));
        assert.deepEqual(await filesUnder(store.directory), []);
        assert.equal((await store.use()).bytes, 0);
      });

    it("leaves nothing of a blob whose source fails in the middle", async () => {
      const store = folderStore(cleanup.directory(), { maxBytes: 10 * 1024 ** 2 });
      const large = blobOf(5 * 1024 ** 2);
      const failing = { ...large, open: () => streamThat([bytesOf(3 * 1024 ** 2)], new Error("gone")) };
      await assert.rejects(store.put(failing), { message: "gone" });
      assert.deepEqual(await filesUnder(store.directory), []);
      assert.equal((await store.use()).bytes, 0);
    });

    it("leaves nothing of a blob that is aborted in the middle", async () => {
      const store = folderStore(cleanup.directory());
      const controller = new AbortController();
      const reason = new Error("enough");
      async function* chunks() {
        yield bytesOf(2 * 1024 ** 2);
        controller.abort(reason);
        yield bytesOf(2 * 1024 ** 2);
      }
      await assert.rejects(store.receive({ sha256: blob.sha256, chunks: chunks(), signal: controller.signal }), reason);
      assert.deepEqual(await filesUnder(store.directory), []);
    });

    it("stores a blob that many write at once exactly once", async () => {
      const store = folderStore(cleanup.directory());
      const large = blobOf(3 * 1024 ** 2);
      const { sha256, bytes } = large;
      const taken = await Promise.all(Array.from({ length: 8 }, () => store.receive({ sha256, bytes, chunks: large.open() })));
      assert.equal(taken.filter(({ isNew }) => isNew).length, 1);
      assert.equal((await filesUnder(store.directory)).length, 1);
      assert.equal((await store.use()).bytes, large.bytes);
    });

    it("is safe against another store of the same directory", async () => {
      const directory = cleanup.directory();
      const [one, other] = [folderStore(directory), folderStore(directory)];
      const blobs = Array.from({ length: 40 }, (_, i) => blobOf(5_000, i + 1));
      await Promise.all(blobs.flatMap((each) => [one.put(each), other.put(each)]));
      assert.equal((await filesUnder(directory)).length, 40);
      for (const each of blobs) await readBlob([other], { sha256: each.sha256, maxBytes: each.bytes });
    });

    it("replaces a file that was cut off", async () => {
      const directory = cleanup.directory();
      await folderStore(directory).put(blob);
      truncateSync(folderStore(directory).pathOf(blob.sha256), 10);
      const store = folderStore(directory);
      await store.put(blob);
      assert.equal((await readBlob([store], { sha256: blob.sha256, maxBytes: blob.bytes })).length, blob.bytes);
      assert.equal((await store.use()).bytes, blob.bytes);
    });

    it("leaves nothing of a blob that the disk does not take", async () => {
      const store = folderStore(cleanup.directory());
      await store.ready();
      // Stands where the blob's directory should be.
      writeFileSync(dirname(store.pathOf(blob.sha256)), "");
      await assert.rejects(store.put(blob), withCode("STORE_DISK_FAILED"));
      await assert.rejects(store.receive({ sha256: blob.sha256, chunks: blob.open() }), withCode("STORE_DISK_FAILED"));
      assert.deepEqual(await filesUnder(join(store.directory, "incoming")), []);
      assert.equal((await store.use()).bytes, 0);
    });

    it("keeps an empty blob", async () => {
      const store = folderStore(cleanup.directory());
      await store.put(blobOf(0));
      assert.equal((await readAll(await store.open(blobOf(0).sha256))).length, 0);
    });

    it("refuses a name that would leave the directory", async () => {
      const store = folderStore(cleanup.directory());
      await assert.rejects(store.put({ ...blob, sha256: `../../${"a".repeat(58)}` }), withCode("BLOB_NAME_INVALID"));
    });
  });

  describe("bounds", () => {
    it("refuses a blob that is said to be too large before reading it, and lets go of it", async () => {
      const store = folderStore(cleanup.directory(), { maxBlobBytes: 1000 });
      let isCancelled = false;
      const open = () =>
        new ReadableStream<Uint8Array>({
          cancel: () => {
            isCancelled = true;
          },
        });
      await assert.rejects(store.put({ ...blob, open }), withCode("BLOB_TOO_LARGE"));
      assert.ok(isCancelled);
    });

    it("refuses a blob of unknown size as soon as it is too large", async () => {
      const store = folderStore(cleanup.directory(), { maxBlobBytes: 1000 });
      await assert.rejects(store.receive({ sha256: blob.sha256, chunks: blob.open() }), withCode("BLOB_TOO_LARGE"));
      assert.deepEqual(await filesUnder(store.directory), []);
    });

    it("refuses what does not fit, and takes it when room was made", async () => {
      const store = folderStore(cleanup.directory(), { maxBytes: 250_000 });
      const [a, b, c] = [blobOf(100_000, 1), blobOf(100_000, 2), blobOf(100_000, 3)];
      await store.put(a);
      await store.put(b);
      await assert.rejects(
        store.put(c),
        withCode("STORE_FULL", (error) => error.isRetryable),
      );
      assert.ok(await store.remove(a.sha256));
      await store.put(c);
      assert.deepEqual(await store.use(), { bytes: 200_000, maxBytes: 250_000 });
    });

    it("does not let writes under way pass the bound together", async () => {
      const store = folderStore(cleanup.directory(), { maxBytes: 250_000 });
      const puts = await Promise.allSettled([1, 2, 3, 4].map((seed) => store.put(blobOf(100_000, seed))));
      assert.equal(puts.filter(({ status }) => status === "fulfilled").length, 2);
      assert.equal((await store.use()).bytes, 200_000);
    });

    it("counts what was there before", async () => {
      const directory = cleanup.directory();
      await folderStore(directory).put(blob);
      assert.equal((await folderStore(directory).use()).bytes, blob.bytes);
    });
  });

  describe("list and remove", () => {
    it("lists every blob with its size, and nothing else", async () => {
      const store = folderStore(cleanup.directory());
      const blobs = Array.from({ length: 20 }, (_, i) => blobOf(i, i + 1));
      for (const each of blobs) await store.put(each);
      writeFileSync(join(store.directory, "blobs", "README"), "not a blob");
      writeFileSync(join(dirname(store.pathOf(blobOf(1, 2).sha256)), "README"), "not a blob");
      const listed: StoredBlob[] = [];
      for await (const each of store.list()) listed.push(each);
      assert.deepEqual(
        new Map(listed.map(({ sha256, bytes }) => [sha256, bytes])),
        new Map(blobs.map(({ sha256, bytes }) => [sha256, bytes])),
      );
    });

    it("removes a blob once", async () => {
      const store = folderStore(cleanup.directory());
      await store.put(blob);
      assert.deepEqual([await store.remove(blob.sha256), await store.remove(blob.sha256)], [true, false]);
      assert.deepEqual(await store.missing([blob.sha256]), [blob.sha256]);
      await assert.rejects(store.open(blob.sha256), withCode("BLOB_NOT_FOUND"));
    });

    it("lets a reader keep a blob that is removed meanwhile", async () => {
      const store = folderStore(cleanup.directory());
      const large = blobOf(2 * 1024 ** 2);
      await store.put(large);
      const stream = await store.open(large.sha256);
      await store.remove(large.sha256);
      assert.equal((await readAll(stream)).length, large.bytes);
    });
  });

  describe("a cache", () => {
    const cache = (directory: string) => folderStore(directory, { isDurable: false });

    it("keeps whole blobs as a durable store does", async () => {
      const directory = cleanup.directory();
      await cache(directory).put(blob);
      assert.deepEqual(await cache(directory).missing([blob.sha256]), []);
    });

    it("drops what a restart of the machine tore, and keeps the rest", async () => {
      const directory = cleanup.directory();
      const torn = blobOf(50_000, 2);
      await cache(directory).put(blob);
      await cache(directory).put(torn);
      writeFileSync(cache(directory).pathOf(torn.sha256), new Uint8Array(torn.bytes));
      writeFileSync(join(directory, "unsynced-since"), "another boot\n");
      assert.deepEqual(await cache(directory).missing([blob.sha256, torn.sha256]), [torn.sha256]);
    });
  });

  it("says what is wrong with a directory that it cannot use, and works once it can", async () => {
    const parent = cleanup.directory();
    writeFileSync(join(parent, "file"), "");
    await assert.rejects(folderStore(join(parent, "file", "store")).ready(), withCode("STORE_DISK_FAILED"));
    symlinkSync(join(parent, "later"), join(parent, "link"));
    mkdirSync(join(parent, "later"));
    await folderStore(join(parent, "link")).put(blob);
  });
});
