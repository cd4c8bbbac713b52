import assert from "node:assert/strict";
import { type BlobSource, createSha256, memoryStore, ParityError, readBlob, type SourceFailure, sha256Hex } from "@parity-protocol/sdk";
import { createNodeSha256 } from "@parity-protocol/sdk/node";
import { bytesOf, streamThat, withCode } from "../../support/blobs.ts";

const content = bytesOf(100_000);
const sha256 = sha256Hex(content);

function sourceThat(label: string, open: BlobSource["open"]): BlobSource {
  return { label, open, missing: async () => [] };
}

function good(): BlobSource {
  const store = memoryStore("good");
  store.add(content);
  return store;
}

const down = sourceThat("down", async () => {
  throw new ParityError("STORE_UNREACHABLE", "down");
});
const empty = memoryStore("empty");
const lying = sourceThat("lying", async () => streamThat([bytesOf(100_000, 2)]));
const flooding = sourceThat("flooding", async () => streamThat(Array.from({ length: 64 }, () => content)));
const cut = sourceThat("cut", async () => streamThat([content.subarray(0, 10)], new Error("socket hang up")));

const failuresOf = (error: ParityError) => (error.details.sources as SourceFailure[]).map(({ source, code }) => `${source} ${code}`);

describe("readBlob", () => {
  for (const [name, createHash] of Object.entries({ noble: createSha256, node: createNodeSha256 }))
    it(`returns verified bytes, hashed by ${name}`, async () => {
      assert.deepEqual(await readBlob([good()], { sha256, maxBytes: content.length, createHash }), content);
    });

  it("passes over sources that are down, empty, lie, flood or break off", async () => {
    const read = await readBlob([down, empty, lying, flooding, cut, good()], { sha256, maxBytes: content.length });
    assert.deepEqual(read, content);
  });

  it("says of each source why it did not deliver", async () => {
    await assert.rejects(
      readBlob([down, empty, lying, flooding, cut], { sha256, maxBytes: content.length }),
      withCode("STORE_UNREACHABLE", (error) => {
        assert.deepEqual(failuresOf(error), [
          "down STORE_UNREACHABLE",
          "empty BLOB_NOT_FOUND",
          "lying BLOB_CORRUPT",
          "flooding BLOB_TOO_LARGE",
          "cut STORE_UNREACHABLE",
        ]);
      }),
    );
  });

  it("reports corruption rather than absence when one source lies and another has nothing", async () => {
    await assert.rejects(readBlob([empty, lying], { sha256, maxBytes: content.length }), withCode("BLOB_CORRUPT"));
  });

  it("stops reading at the bound", async () => {
    await assert.rejects(readBlob([good()], { sha256, maxBytes: content.length - 1 }), withCode("BLOB_TOO_LARGE"));
  });

  it("reads an empty blob", async () => {
    const store = memoryStore();
    const name = store.add(new Uint8Array());
    assert.equal((await readBlob([store], { sha256: name, maxBytes: 0 })).length, 0);
  });

  it("finds nothing without a source", async () => {
    await assert.rejects(readBlob([], { sha256, maxBytes: 1 }), withCode("BLOB_NOT_FOUND"));
  });

  it("rejects with the caller's reason when aborted", async () => {
    const reason = new Error("enough");
    await assert.rejects(readBlob([good()], { sha256, maxBytes: content.length, signal: AbortSignal.abort(reason) }), reason);
  });
});
