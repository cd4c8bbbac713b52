import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { type BlobStore, httpStore, openBlob, s3Store } from "@parity-protocol/sdk";
import { createNodeSha256 } from "@parity-protocol/sdk/node";
import S3rver from "s3rver";
import { blobOf, bytesOf, Cleanup, readAll, withCode } from "../../support/blobs.ts";
import { signatureProblem } from "../../support/sigv4.ts";

const MIB = 1024 ** 2;
/** The key that s3rver knows. */
const key = { accessKeyId: "S3RVER", secretAccessKey: "S3RVER" };

describe("s3Store", () => {
  const cleanup = new Cleanup();
  afterEach(() => cleanup.run());

  /** Serves a bucket by a real S3-compatible server, behind a check of the signatures, which it does not make itself. */
  async function startBucket(): Promise<string> {
    const s3 = new S3rver({ directory: cleanup.directory(), silent: true, configureBuckets: [{ name: "blobs", configs: [] }] });
    await s3.configureBuckets();
    const answer = s3.callback();
    const server = createServer((request, response) => {
      if (signatureProblem(request, key.secretAccessKey) === undefined) answer(request, response);
      else request.resume().once("end", () => response.writeHead(403).end("<Error><Code>SignatureDoesNotMatch</Code></Error>"));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    cleanup.later(() => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(resolve));
    });
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  const open = (endpoint: string, change: Partial<typeof key> = {}): BlobStore => s3Store({ endpoint, bucket: "blobs", ...key, ...change });

  for (const [size, bytes] of [
    ["small", 1_000],
    ["large", 6 * MIB],
    ["empty", 0],
  ] as const)
    it(`keeps a blob that is ${size}`, async () => {
      const store = open(await startBucket());
      const blob = blobOf(bytes);
      assert.deepEqual(await store.missing([blob.sha256]), [blob.sha256]);
      await store.put(blob);
      await store.put(blob);
      assert.deepEqual(await store.missing([blob.sha256, "0".repeat(64)]), ["0".repeat(64)]);
      const read = await readAll(await openBlob([store], { ...blob, createHash: createNodeSha256 }));
      assert.ok(read.equals(bytesOf(bytes)));
    });

  it("goes on in the middle of a blob", async () => {
    const store = open(await startBucket());
    await store.put(blobOf(5_000));
    const rest = await store.openFrom?.(blobOf(5_000).sha256, 4_000);
    assert.ok(rest && (await readAll(rest)).equals(bytesOf(5_000).subarray(4_000)));
  });

  it("says what it does not have", async () => {
    await assert.rejects(open(await startBucket()).open("0".repeat(64)), withCode("BLOB_NOT_FOUND"));
  });

  it("is refused with a wrong key, and does not show it", async () => {
    const store = open(await startBucket(), { secretAccessKey: "another-secret" });
    await assert.rejects(
      store.put(blobOf(10)),
      withCode("STORE_REFUSED", (error) => assert.doesNotMatch(JSON.stringify(error.toJSON()), /another-secret/)),
    );
  });

  it("refuses a blob that one PUT cannot carry, before it sends anything", async () => {
    await assert.rejects(open("http://127.0.0.1:1").put({ ...blobOf(1), bytes: 6 * 1024 ** 3 }), withCode("BLOB_TOO_LARGE"));
  });

  it("signs for the bytes that it sends: the name of the blob is the hash of the payload", async () => {
    const seen: (string | undefined)[] = [];
    const url = await cleanup.serve((request, response) => {
      request.resume().once("end", () => {
        seen.push(String(request.headers["x-amz-content-sha256"]));
        response.writeHead(request.method === "HEAD" ? 404 : 200).end();
      });
    });
    await open(url).put(blobOf(10));
    assert.equal(seen[1], blobOf(10).sha256);
  });

  it("leaves what a plain reader of the bucket's URL finds", async () => {
    const seen: (string | undefined)[] = [];
    const url = await cleanup.serve((request, response) => {
      seen.push(request.url);
      response.end(bytesOf(10));
    });
    await open(url).open(blobOf(10).sha256).then(readAll);
    await httpStore(`${url}/blobs`).open(blobOf(10).sha256).then(readAll);
    assert.equal(seen[0], seen[1]);
  });
});
