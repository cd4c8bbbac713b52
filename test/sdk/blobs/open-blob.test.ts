import assert from "node:assert/strict";
import { type BlobSource, httpStore, memoryStore, openBlob, ParityError, type SourceFailure, sha256Hex } from "@parity-protocol/sdk";
import { createNodeSha256 } from "@parity-protocol/sdk/node";
import { bytesOf, Cleanup, readAll, streamThat, withCode } from "../../support/blobs.ts";

const MIB = 1024 ** 2;
const large = bytesOf(6 * MIB);
const small = bytesOf(1000);
const wanted = (bytes: Uint8Array) => ({ sha256: sha256Hex(bytes), bytes: bytes.length, createHash: createNodeSha256 });

function chunksOf(bytes: Uint8Array, size = MIB): Uint8Array[] {
  return Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) => bytes.subarray(i * size, (i + 1) * size));
}

function sourceOf(label: string, chunks: readonly Uint8Array[], error?: unknown): BlobSource {
  return { label, open: async () => streamThat(chunks, error), missing: async () => [] };
}

const broken = (label: string, bytes: Uint8Array, after: number) =>
  sourceOf(label, chunksOf(bytes).slice(0, after), new ParityError("STORE_UNREACHABLE", "stalled"));

describe("openBlob", () => {
  for (const [size, bytes] of Object.entries({ small, large })) {
    it(`streams a ${size} blob that hashes to its name`, async () => {
      const stream = await openBlob([sourceOf("good", chunksOf(bytes))], wanted(bytes));
      assert.ok((await readAll(stream)).equals(bytes));
    });

    it(`goes on with the next source when the first has no ${size} blob`, async () => {
      const stream = await openBlob([memoryStore("empty"), sourceOf("good", chunksOf(bytes))], wanted(bytes));
      assert.ok((await readAll(stream)).equals(bytes));
    });

    it(`rejects at once when nobody has the ${size} blob`, async () => {
      await assert.rejects(openBlob([memoryStore("empty")], wanted(bytes)), withCode("BLOB_NOT_FOUND"));
    });
  }

  it("hands out nothing of a small blob that lies, and takes the next source", async () => {
    const stream = await openBlob([sourceOf("lying", [bytesOf(1000, 2)]), sourceOf("good", [small])], wanted(small));
    assert.ok((await readAll(stream)).equals(small));
  });

  it("goes on where a source stopped in the middle of a large blob", async () => {
    const stream = await openBlob(
      [broken("first", large, 2), broken("second", large, 4), sourceOf("third", chunksOf(large, 700_000))],
      wanted(large),
    );
    assert.ok((await readAll(stream)).equals(large));
  });

  it("goes on with the next source when one ends early without an error", async () => {
    const stream = await openBlob([sourceOf("short", chunksOf(large).slice(0, 3)), sourceOf("good", chunksOf(large))], wanted(large));
    assert.ok((await readAll(stream)).equals(large));
  });

  it("errors instead of ending when the bytes do not hash to the name", async () => {
    const stream = await openBlob([sourceOf("lying", chunksOf(bytesOf(6 * MIB, 2)))], wanted(large));
    await assert.rejects(readAll(stream), withCode("BLOB_CORRUPT"));
  });

  it("errors when the sources disagree about what was handed out, and names both", async () => {
    const stream = await openBlob([broken("lying", bytesOf(6 * MIB, 2), 2), sourceOf("good", chunksOf(large))], wanted(large));
    let handedOut = 0;
    const counting = async () => {
      for await (const chunk of stream) handedOut += chunk.length;
    };
    await assert.rejects(
      counting(),
      withCode("STORE_UNREACHABLE", (error) => {
        assert.equal(handedOut, 2 * MIB);
        assert.deepEqual(
          (error.details.sources as SourceFailure[]).map(({ source, code }) => `${source} ${code}`),
          ["lying STORE_UNREACHABLE", "good BLOB_CORRUPT"],
        );
      }),
    );
  });

  describe("given sources over HTTP", () => {
    const cleanup = new Cleanup();
    afterEach(() => cleanup.run());

    /** A store that cuts each connection after `after` bytes, and knows ranges unless told. */
    async function cutting({ after = Number.POSITIVE_INFINITY, bytes = large, knowsRanges = true }) {
      const ranges: (string | undefined)[] = [];
      const url = await cleanup.serve(({ headers }, response) => {
        ranges.push(headers.range);
        const first = knowsRanges ? Number(/^bytes=(\d+)-$/.exec(headers.range ?? "")?.[1] ?? 0) : 0;
        const head = first > 0 ? { "content-range": `bytes ${first}-${bytes.length - 1}/${bytes.length}` } : {};
        response.writeHead(first > 0 ? 206 : 200, { ...head, "content-length": bytes.length - first });
        if (bytes.length - first <= after) response.end(bytes.subarray(first));
        else response.write(bytes.subarray(first, first + after), () => response.destroy());
      });
      return { source: httpStore(url), ranges };
    }

    for (const knowsRanges of [true, false])
      it(`asks a source that broke off for the rest${knowsRanges ? "" : ", also one that knows no ranges"}`, async () => {
        const { source, ranges } = await cutting({ after: knowsRanges ? 2.5 * MIB : 5 * MIB, knowsRanges });
        const reading = readAll(await openBlob([source, memoryStore("empty")], wanted(large)));
        if (knowsRanges) assert.ok((await reading).equals(large));
        else await assert.rejects(reading, withCode("STORE_UNREACHABLE"));
        assert.equal(ranges[0], undefined);
        assert.match(String(ranges[1]), /^bytes=\d+-$/);
      });

    it("goes on at the next source from where the first one was given up", async () => {
      const dying = await cutting({ after: 1, knowsRanges: false });
      const first: BlobSource = {
        label: "first",
        open: async () => streamThat(chunksOf(large).slice(0, 2), new Error("gone")),
        missing: async () => [],
      };
      const { source, ranges } = await cutting({});
      assert.ok((await readAll(await openBlob([first, dying.source, source], wanted(large)))).equals(large));
      assert.deepEqual(ranges, [`bytes=${2 * MIB}-`]);
    });

    it("names every source that gave some of bytes that lie", async () => {
      const lying: BlobSource = {
        label: "lying",
        open: async () => streamThat(chunksOf(bytesOf(6 * MIB, 2)).slice(0, 2), new Error("gone")),
        missing: async () => [],
      };
      const { source } = await cutting({});
      const stream = await openBlob([lying, source], wanted(large));
      await assert.rejects(
        readAll(stream),
        withCode("STORE_UNREACHABLE", (error) => assert.match(error.message, new RegExp(`lying and ${source.label}.*one of them lies`))),
      );
    });
  });

  it("does not hand out more than the size of the blob", async () => {
    const stream = await openBlob([sourceOf("long", [...chunksOf(large), small])], wanted(large));
    await assert.rejects(readAll(stream), withCode("BLOB_CORRUPT"));
  });

  it("refuses a small blob of another size than was said", async () => {
    await assert.rejects(openBlob([sourceOf("good", [small])], { ...wanted(small), bytes: 1001 }), withCode("BLOB_CORRUPT"));
  });

  for (const [when, reads] of [
    ["before it reads", 0],
    ["in the middle", 1],
  ] as const)
    it(`cancels the source when the reader leaves ${when}`, async () => {
      let isCancelled = false;
      const endless = new ReadableStream<Uint8Array>({
        pull: (controller) => controller.enqueue(new Uint8Array(MIB)),
        cancel: () => {
          isCancelled = true;
        },
      });
      const source: BlobSource = { label: "endless", open: async () => endless, missing: async () => [] };
      const stream = await openBlob([source], { ...wanted(large), bytes: 1024 * MIB });
      const reader = stream.getReader();
      for (let i = 0; i < reads; i++) await reader.read();
      await reader.cancel();
      assert.ok(isCancelled);
    });
});
