import assert from "node:assert/strict";
import {
  type BlobSource,
  encodeOutputManifest,
  fetchResult,
  type Hex,
  isParityError,
  type MemoryStore,
  memoryStore,
  type OutputManifest,
  type SourceFailure,
} from "@parity-protocol/sdk";

const bytesOf = (text: string) => new TextEncoder().encode(text);
const textOf = (stream: ReadableStream<Uint8Array>) => new Response(stream).text();

/** A store with an output: stdout "hello" and one file. */
function publishedOutput(): { store: MemoryStore; outputHash: Hex; manifest: OutputManifest } {
  const store = memoryStore("honest");
  const manifest: OutputManifest = {
    version: 1,
    outcome: "exited",
    exitCode: 0,
    stdout: { sha256: store.add(bytesOf("hello")), bytes: 5 },
    files: [{ path: "a/b.txt", sha256: store.add(bytesOf("content")), bytes: 7, executable: false }],
  };
  return { store, manifest, outputHash: `0x${store.add(encodeOutputManifest(manifest))}` };
}

/** A store that has everything, and all of it wrong. */
const liar: BlobSource = {
  label: "liar",
  open: async () => new Response("lies").body as ReadableStream<Uint8Array>,
  missing: async () => [],
};

describe("fetchResult", () => {
  it("returns the manifest, stdout and files, verified", async () => {
    const { store, outputHash, manifest } = publishedOutput();
    const result = await fetchResult({ outputHash, sources: [store] });
    assert.deepEqual(result.manifest, manifest);
    assert.equal(await textOf(await result.openStdout()), "hello");
    assert.equal(await textOf(await result.openFile("a/b.txt")), "content");
  });

  it("passes over a source that lies", async () => {
    const { store, outputHash } = publishedOutput();
    const result = await fetchResult({ outputHash, sources: [liar, store] });
    assert.equal(await textOf(await result.openFile("a/b.txt")), "content");
  });

  it("says of each source why it failed", async () => {
    const { outputHash } = publishedOutput();
    await assert.rejects(fetchResult({ outputHash, sources: [liar, memoryStore("empty")] }), (error) => {
      assert.ok(isParityError(error, "BLOB_CORRUPT"));
      const failures = error.details.sources as SourceFailure[];
      assert.deepEqual(
        failures.map(({ source, code }) => [source, code]),
        [
          ["liar", "BLOB_CORRUPT"],
          ["empty", "BLOB_NOT_FOUND"],
        ],
      );
      return true;
    });
  });

  it("refuses a file that the manifest does not list", async () => {
    const { store, outputHash } = publishedOutput();
    const { openFile } = await fetchResult({ outputHash, sources: [store] });
    await assert.rejects(openFile("../secret"), (error) => isParityError(error, "OUTPUT_FILE_UNKNOWN"));
  });

  it("refuses a blob that is no manifest", async () => {
    const store = memoryStore();
    const outputHash: Hex = `0x${store.add(bytesOf("{}"))}`;
    await assert.rejects(fetchResult({ outputHash, sources: [store] }), (error) => isParityError(error, "OUTPUT_MANIFEST_INVALID"));
  });

  it("has no bytes to print for a job that a limit ended", async () => {
    const store = memoryStore();
    const outputHash: Hex = `0x${store.add(encodeOutputManifest({ version: 1, outcome: "timed-out" }))}`;
    const { manifest, openStdout } = await fetchResult({ outputHash, sources: [store] });
    assert.equal(manifest.outcome, "timed-out");
    assert.equal(await textOf(await openStdout()), "");
  });
});
