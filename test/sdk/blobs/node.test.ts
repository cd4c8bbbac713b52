import assert from "node:assert/strict";
import { symlinkSync, writeFileSync } from "node:fs";
import { open } from "node:fs/promises";
import { join } from "node:path";
import { createSha256, memoryStore, sha256Hex } from "@parity-protocol/sdk";
import { blobFromBytes, blobFromFile, createNodeSha256, sha256OfStream, streamOfFile, streamOfHandle } from "@parity-protocol/sdk/node";
import { bytesOf, Cleanup, readAll, withCode } from "../../support/blobs.ts";

const content = bytesOf(700_000);

describe("blobFromFile", () => {
  const cleanup = new Cleanup();
  afterEach(() => cleanup.run());

  const fileWith = (bytes: Uint8Array) => {
    const path = join(cleanup.directory(), "file");
    writeFileSync(path, bytes);
    return path;
  };

  it("names a file by its sha256 and opens it more than once", async () => {
    const blob = await blobFromFile(fileWith(content));
    assert.deepEqual([blob.sha256, blob.bytes], [sha256Hex(content), content.length]);
    assert.ok((await readAll(blob.open())).equals(content));
    assert.ok((await readAll(blob.open())).equals(content));
  });

  it("refuses a file that is not there", async () => {
    await assert.rejects(blobFromFile(join(cleanup.directory(), "none")), withCode("BLOB_FILE_UNREADABLE"));
  });

  it("refuses a directory", async () => {
    await assert.rejects(blobFromFile(cleanup.directory()), withCode("BLOB_FILE_UNREADABLE"));
  });

  it("refuses a symbolic link", async () => {
    const path = fileWith(content);
    symlinkSync(path, `${path}.link`);
    await assert.rejects(blobFromFile(`${path}.link`), withCode("BLOB_FILE_UNREADABLE"));
  });

  it("is caught when the file changes before it is stored", async () => {
    const path = fileWith(content);
    const blob = await blobFromFile(path);
    writeFileSync(path, bytesOf(700_000, 2));
    await assert.rejects(memoryStore().put(blob), withCode("BLOB_CORRUPT"));
  });
});

describe("streamOfFile", () => {
  const cleanup = new Cleanup();
  afterEach(() => cleanup.run());

  it("errors with a code when the file is gone", async () => {
    await assert.rejects(readAll(streamOfFile(join(cleanup.directory(), "none"))), withCode("BLOB_FILE_UNREADABLE"));
  });

  it("closes the file at the end, at an error and when the reader leaves", async () => {
    const path = join(cleanup.directory(), "file");
    writeFileSync(path, content);
    const ended = await open(path);
    await readAll(streamOfHandle(ended));
    const left = await open(path);
    await streamOfHandle(left).cancel();
    const begun = await open(path);
    const reader = streamOfHandle(begun).getReader();
    await reader.read();
    await reader.cancel();
    const failing = await open(path, "a");
    await assert.rejects(readAll(streamOfHandle(failing)), withCode("BLOB_FILE_UNREADABLE"));
    assert.deepEqual([ended.fd, left.fd, begun.fd, failing.fd], [-1, -1, -1, -1]);
  });
});

describe("sha256", () => {
  it("is the same by noble, by node and by viem, whole and in parts", async () => {
    const expected = sha256Hex(content);
    for (const create of [createSha256, createNodeSha256]) {
      const hash = create();
      hash.update(content.subarray(0, 100_001));
      const prefix = hash.copy();
      hash.update(content.subarray(100_001));
      assert.equal(hash.hex(), expected);
      assert.equal(prefix.hex(), sha256Hex(content.subarray(0, 100_001)));
    }
    assert.deepEqual(await sha256OfStream(blobFromBytes(content).open()), { sha256: expected, bytes: content.length });
  });
});
