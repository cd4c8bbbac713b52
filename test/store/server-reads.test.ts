import assert from "node:assert/strict";
import { folderStore } from "@parity-protocol/store";
import { blobOf, bytesOf, Cleanup } from "../support/blobs.ts";
import { ask, put, startStore } from "./support.ts";

const small = { ...blobOf(1000), content: Buffer.from(bytesOf(1000)) };
const large = { ...blobOf(900_000, 2), content: Buffer.from(bytesOf(900_000, 2)) };
const absent = "f".repeat(64);

describe("a store's reads", () => {
  const cleanup = new Cleanup();
  let url: string;
  before(async () => {
    const store = await startStore(cleanup);
    url = store.url;
    const folder = folderStore(store.directory);
    await folder.put(small);
    await folder.put(large);
  });
  after(() => cleanup.run());

  for (const [size, blob] of Object.entries({ small, large })) {
    it(`GET gives a ${size} blob, for ever, as bytes that no browser shows`, async () => {
      const answer = await ask(`${url}/blobs/${blob.sha256}`);
      assert.equal(answer.status, 200);
      assert.ok(answer.body.equals(blob.content));
      const { headers } = answer;
      assert.deepEqual(
        [
          headers["content-length"],
          headers.etag,
          headers["content-type"],
          headers["content-disposition"],
          headers["x-content-type-options"],
        ],
        [String(blob.bytes), `"${blob.sha256}"`, "application/octet-stream", "attachment", "nosniff"],
      );
      assert.match(headers["cache-control"] ?? "", /immutable/);
      assert.match(String(headers["content-security-policy"]), /sandbox/);
    });

    it(`HEAD gives the size of a ${size} blob without its bytes`, async () => {
      const answer = await ask(`${url}/blobs/${blob.sha256}`, { method: "HEAD" });
      assert.deepEqual([answer.status, answer.headers["content-length"], answer.body.length], [200, String(blob.bytes), 0]);
    });

    it(`GET gives a range of a ${size} blob`, async () => {
      const answer = await ask(`${url}/blobs/${blob.sha256}`, { headers: { range: "bytes=100-" } });
      assert.deepEqual([answer.status, answer.headers["content-range"]], [206, `bytes 100-${blob.bytes - 1}/${blob.bytes}`]);
      assert.ok(answer.body.equals(blob.content.subarray(100)));
    });

    it(`GET gives the last bytes of a ${size} blob`, async () => {
      const answer = await ask(`${url}/blobs/${blob.sha256}`, { headers: { range: "bytes=-7" } });
      assert.equal(answer.status, 206);
      assert.ok(answer.body.equals(blob.content.subarray(-7)));
    });
  }

  it("refuses a range beyond the end and names the size", async () => {
    const answer = await ask(`${url}/blobs/${small.sha256}`, { headers: { range: "bytes=1000-" } });
    assert.deepEqual([answer.status, answer.json.code, answer.headers["content-range"]], [416, "STORE_RANGE_INVALID", "bytes */1000"]);
  });

  it("gives the whole blob when the range was asked for another version", async () => {
    const answer = await ask(`${url}/blobs/${small.sha256}`, { headers: { range: "bytes=0-1", "if-range": '"another"' } });
    assert.deepEqual([answer.status, answer.body.length], [200, 1000]);
  });

  it("says that a blob has not changed", async () => {
    const answer = await ask(`${url}/blobs/${small.sha256}`, { headers: { "if-none-match": `W/"x", "${small.sha256}"` } });
    assert.deepEqual([answer.status, answer.body.length], [304, 0]);
  });

  it("says that it does not have a blob, with code and hint", async () => {
    const answer = await ask(`${url}/blobs/${absent}`);
    assert.deepEqual([answer.status, answer.json.code], [404, "BLOB_NOT_FOUND"]);
    assert.ok(answer.json.message && answer.json.hint);
    assert.equal((await ask(`${url}/blobs/${absent}`, { method: "HEAD" })).status, 404);
  });

  for (const [what, path, status, code] of [
    ["a name that is no sha256", "/blobs/README", 400, "BLOB_NAME_INVALID"],
    ["a name in upper case", `/blobs/${"F".repeat(64)}`, 400, "BLOB_NAME_INVALID"],
    ["a way out of the directory", "/blobs/..%2f..%2fetc%2fpasswd", 400, "BLOB_NAME_INVALID"],
    ["a path that is nothing", "/blobs", 404, "STORE_ROUTE_UNKNOWN"],
    ["a whole URL in place of a path", "http://elsewhere.example/healthz", 404, "STORE_ROUTE_UNKNOWN"],
  ] as const)
    it(`refuses ${what}`, async () => {
      const answer = await ask(url, { path });
      assert.deepEqual([answer.status, answer.json.code], [status, code]);
    });

  it("refuses a method that a path does not answer, and names those that it does", async () => {
    const answer = await ask(`${url}/blobs/${small.sha256}`, { method: "DELETE" });
    assert.deepEqual([answer.status, answer.json.code, answer.headers.allow], [405, "STORE_ROUTE_UNKNOWN", "GET, HEAD, PUT"]);
  });

  it("lets pages of other origins read", async () => {
    assert.equal((await ask(`${url}/blobs/${small.sha256}`)).headers["access-control-allow-origin"], "*");
    const preflight = await ask(`${url}/blobs/${small.sha256}`, { method: "OPTIONS" });
    assert.deepEqual([preflight.status, preflight.headers["access-control-allow-methods"]], [204, "GET, HEAD, PUT"]);
  });

  it("says that it is well, and what it holds", async () => {
    const answer = await ask(`${url}/healthz`);
    assert.deepEqual([answer.status, answer.json.ok], [200, true]);
  });

  describe("POST /blobs/missing", () => {
    const missing = (body: string) => ask(`${url}/blobs/missing`, { method: "POST", body });

    it("lists the names that the store does not have", async () => {
      const answer = await missing(JSON.stringify([small.sha256, absent, absent, large.sha256]));
      assert.deepEqual([answer.status, answer.json], [200, [absent]]);
    });

    for (const [what, body] of [
      ["no JSON", "["],
      ["no list", "{}"],
      ["what is no name", '["../x"]'],
      ["10,001 names", JSON.stringify(Array.from({ length: 10_001 }, (_, i) => i.toString(16).padStart(64, "0")))],
      ["more than a megabyte", `[${" ".repeat(1024 ** 2)}]`],
    ] as const)
      it(`refuses ${what}`, async () => {
        const answer = await missing(body);
        assert.deepEqual([answer.status, answer.json.code], [400, "STORE_REQUEST_INVALID"]);
      });
  });

  it("keeps a connection for the next request after a write of what it has", async () => {
    const again = await put(`${url}/blobs/${small.sha256}`, small.content, { connection: "keep-alive" });
    assert.deepEqual([again.status, again.headers.connection], [200, "keep-alive"]);
  });
});
