import assert from "node:assert/strict";
import { cidOf, ipfsGateway, openBlob, readBlob } from "@parity-protocol/sdk";
import { CID } from "multiformats/cid";
import { blobOf, bytesOf, Cleanup, readAll, withCode } from "../../support/blobs.ts";

describe("ipfsGateway", () => {
  const cleanup = new Cleanup();
  afterEach(() => cleanup.run());

  /** A small trustless gateway: raw blocks by CID, and nothing else. */
  function gateway(blocks: ReadonlyMap<string, Uint8Array>) {
    return cleanup.serve((request, response) => {
      const [path = "", query] = (request.url ?? "").split("?");
      const block = blocks.get(path.replace("/ipfs/", ""));
      const isRaw = query === "format=raw" && request.headers.accept === "application/vnd.ipld.raw";
      if (!block || !isRaw) response.writeHead(isRaw ? 404 : 406).end();
      else
        response
          .writeHead(200, { "content-type": "application/vnd.ipld.raw", "content-length": block.length })
          .end(request.method === "HEAD" ? "" : block);
    });
  }

  it("names a blob by the raw CIDv1 of its sha256, as everybody does", () => {
    // Of "hello world": b, and in base32 the bytes 01 55 12 20 and the sha256.
    const cid = cidOf("b94d27b9934d3e08a52e52d7da7dabfac484efe37a5380ee9088f7ace2efcde9");
    assert.equal(cid, "bafkreifzjut3te2nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e");
    assert.equal(Buffer.from(CID.parse(cid).multihash.digest).toString("hex").slice(0, 8), "b94d27b9");
    assert.throws(() => cidOf("../x"), withCode("BLOB_NAME_INVALID"));
  });

  it("gives a blob that hashes to its name", async () => {
    const blob = blobOf(50_000);
    const source = ipfsGateway(await gateway(new Map([[cidOf(blob.sha256), bytesOf(50_000)]])));
    assert.ok((await readAll(await openBlob([source], blob))).equals(bytesOf(50_000)));
    assert.deepEqual(await source.missing([blob.sha256, blobOf(1).sha256]), [blobOf(1).sha256]);
  });

  it("says what the gateway does not find", async () => {
    const source = ipfsGateway(await gateway(new Map()));
    await assert.rejects(source.open(blobOf(10).sha256), withCode("BLOB_NOT_FOUND"));
  });

  it("is not believed when it lies", async () => {
    const blob = blobOf(100);
    const lying = ipfsGateway(await gateway(new Map([[cidOf(blob.sha256), bytesOf(100, 2)]])));
    await assert.rejects(readBlob([lying], { sha256: blob.sha256, maxBytes: 1_000 }), withCode("BLOB_CORRUPT"));
  });

  it("says of a web page that it is none of a gateway's blocks", async () => {
    const url = await cleanup.serve((_, response) => response.writeHead(200, { "content-type": "text/html" }).end("<html>"));
    await assert.rejects(ipfsGateway(url).open(blobOf(10).sha256), withCode("STORE_UNREACHABLE"));
  });
});
