/** Serves a directory and streams a large blob through the server both ways; tells the highest resident size that was seen. */
import { createHash } from "node:crypto";
import { httpStore, openBlob } from "@parity-protocol/sdk";
import { createNodeSha256, sha256OfStream } from "@parity-protocol/sdk/node";
import { folderStore, startStoreServer } from "@parity-protocol/store";

const [, , directory = "", size = "0"] = process.argv;
const total = Number(size);
const chunk = Buffer.alloc(1024 ** 2, 7);

function* chunks() {
  for (let sent = 0; sent < total; sent += chunk.length) yield chunk;
}

const hash = createHash("sha256");
for (const each of chunks()) hash.update(each);
const blob = { sha256: hash.digest("hex"), bytes: total, open: () => ReadableStream.from(chunks()) as ReadableStream<Uint8Array> };

const server = await startStoreServer({ directory, token: "a-token-for-this-test" });
const remote = httpStore(server.url, { token: "a-token-for-this-test" });
const before = process.memoryUsage.rss();
const puttingAt = performance.now();
await remote.put(blob);
const gettingAt = performance.now();
const read = await sha256OfStream(await openBlob([remote], { ...blob, createHash: createNodeSha256 }));
const endedAt = performance.now();
await folderStore(`${directory}-copy`).receive({ ...blob, chunks: await openBlob([remote], { ...blob, createHash: createNodeSha256 }) });
await server.close();
process.stdout.write(
  JSON.stringify({
    isEqual: read.sha256 === blob.sha256,
    grownBytes: process.resourceUsage().maxRSS * 1024 - before,
    putMBs: total / 1e3 / (gettingAt - puttingAt),
    getMBs: total / 1e3 / (endedAt - gettingAt),
  }),
);
