import assert from "node:assert/strict";
import { once } from "node:events";
import { Agent, request as httpRequest, type IncomingMessage } from "node:http";
import { connect } from "node:net";
import { httpStore } from "@parity-protocol/sdk";
import { folderStore, type StoreServerOptions } from "@parity-protocol/store";
import { blobOf, bytesOf, Cleanup, filesUnder, withCode } from "../support/blobs.ts";
import { ask, put, speak, startStore, token } from "./support.ts";

const MIB = 1024 ** 2;
const blob = { ...blobOf(1000), content: Buffer.from(bytesOf(1000)) };
const large = { ...blobOf(5 * MIB, 2), content: Buffer.from(bytesOf(5 * MIB, 2)) };
const other = "0".repeat(64);

describe("a store's writes", () => {
  const cleanup = new Cleanup();
  afterEach(() => cleanup.run());
  const start = (options: Partial<StoreServerOptions> = {}) => startStore(cleanup, options);

  it("takes a new blob with 201 and one that it has with 200", async () => {
    const { url, directory } = await start();
    const answers = [await put(`${url}/blobs/${blob.sha256}`, blob.content), await put(`${url}/blobs/${blob.sha256}`, blob.content)];
    assert.deepEqual(
      answers.map(({ status, json }) => [status, json.sha256, json.bytes]),
      [
        [201, blob.sha256, 1000],
        [200, blob.sha256, 1000],
      ],
    );
    assert.equal((await filesUnder(directory)).length, 1);
  });

  it("takes a blob of undeclared size", async () => {
    const { url } = await start();
    const answer = await put(`${url}/blobs/${large.sha256}`, large.content, { "transfer-encoding": "chunked" });
    assert.deepEqual([answer.status, answer.json.bytes], [201, large.bytes]);
  });

  it("takes an empty blob", async () => {
    const { url } = await start();
    assert.equal((await put(`${url}/blobs/${blobOf(0).sha256}`, "")).status, 201);
    assert.equal((await ask(`${url}/blobs/${blobOf(0).sha256}`)).status, 200);
  });

  it("takes one blob from many writers at once", async () => {
    const { url, directory } = await start();
    const answers = await Promise.all(Array.from({ length: 8 }, () => put(`${url}/blobs/${large.sha256}`, large.content)));
    assert.equal(answers.filter(({ status }) => status === 201).length, 1);
    assert.equal(answers.filter(({ status }) => status === 200).length, 7);
    assert.equal((await filesUnder(directory)).length, 1);
  });

  for (const [size, { content }] of Object.entries({ small: blob, large }))
    it(`refuses ${size} bytes that do not hash to the name, and leaves nothing`, async () => {
      const { url, directory } = await start();
      const answer = await put(`${url}/blobs/${other}`, content);
      assert.deepEqual([answer.status, answer.json.code], [422, "BLOB_CORRUPT"]);
      assert.deepEqual(await filesUnder(directory), []);
    });

  for (const [what, headers] of [
    ["no token", {}],
    ["a wrong token", { authorization: "Bearer a-token-for-these-tests!" }],
    ["the beginning of the token", { authorization: `Bearer ${token.slice(0, -1)}` }],
    ["a token of another kind", { authorization: `Basic ${token}` }],
  ] as const)
    it(`refuses a write with ${what}, before reading it`, async () => {
      const { url, directory } = await start();
      for (const { sha256, content } of [blob, large]) {
        const answer = await ask(`${url}/blobs/${sha256}`, { method: "PUT", body: content, headers });
        assert.deepEqual([answer.status, answer.json.code, answer.headers["www-authenticate"]], [401, "STORE_REFUSED", "Bearer"]);
      }
      assert.deepEqual(await filesUnder(directory), []);
    });

  it("refuses every write when it was started without a token", async () => {
    const { url } = await start({ token: undefined });
    assert.equal((await put(`${url}/blobs/${blob.sha256}`, blob.content)).status, 401);
  });

  it("lets a sender that sends all before it listens hear why it was refused", async () => {
    const { url } = await start();
    const { hostname, port } = new URL(url);
    const socket = connect(Number(port), hostname);
    cleanup.later(() => socket.destroy());
    const head = `PUT /blobs/${large.sha256} HTTP/1.1\r\nHost: x\r\nContent-Length: ${large.bytes}\r\n\r\n`;
    await new Promise<void>((resolve, reject) => {
      socket.once("error", reject);
      socket.write(Buffer.concat([Buffer.from(head), large.content]), () => resolve());
    });
    assert.match(Buffer.concat(await socket.toArray()).toString(), /^HTTP\/1.1 401 /);
  });

  it("refuses a blob that is announced too large without waiting for it", async () => {
    const { url } = await start({ maxBlobBytes: 999 });
    const heard = await speak(
      url,
      `PUT /blobs/${blob.sha256} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token}\r\nContent-Length: 1000\r\nExpect: 100-continue\r\n\r\n`,
    );
    assert.match(heard, /^HTTP\/1.1 413 /);
    assert.match(heard, /"code":"BLOB_TOO_LARGE"/);
  });

  it("refuses a blob that turns out too large, and leaves nothing", async () => {
    const { url, directory } = await start({ maxBlobBytes: MIB });
    const answer = await put(`${url}/blobs/${large.sha256}`, large.content, { "transfer-encoding": "chunked" });
    assert.deepEqual([answer.status, answer.json.code], [413, "BLOB_TOO_LARGE"]);
    assert.deepEqual(await filesUnder(directory), []);
  });

  it("refuses what does not fit into its budget, and says so to the sdk", async () => {
    const { url, directory } = await start({ maxBytes: 1500 });
    assert.equal((await put(`${url}/blobs/${blob.sha256}`, blob.content)).status, 201);
    const answer = await put(`${url}/blobs/${blobOf(1000, 3).sha256}`, bytesOf(1000, 3));
    assert.deepEqual([answer.status, answer.json.code], [507, "STORE_FULL"]);
    await assert.rejects(httpStore(url, { token }).put(large), withCode("STORE_FULL"));
    assert.equal((await filesUnder(directory)).length, 1);
  });

  it("asks a sender that waits for it to go on", async () => {
    const { url } = await start();
    const answer = await put(`${url}/blobs/${large.sha256}`, large.content, { expect: "100-continue" });
    assert.equal(answer.status, 201);
  });

  it("refuses a compressed body", async () => {
    const { url } = await start();
    const answer = await put(`${url}/blobs/${blob.sha256}`, blob.content, { "content-encoding": "gzip" });
    assert.deepEqual([answer.status, answer.json.code], [400, "STORE_REQUEST_INVALID"]);
  });

  it("leaves nothing of an upload that breaks off", async () => {
    const { url, directory } = await start();
    const broken = new Promise((resolve) => {
      const headers = { authorization: `Bearer ${token}`, "content-length": large.bytes };
      const request = httpRequest(`${url}/blobs/${large.sha256}`, { method: "PUT", headers, agent: false });
      request.once("error", resolve);
      request.write(large.content.subarray(0, 3 * MIB), () => request.destroy(new Error("broken off")));
    });
    await broken;
    // A write of the same blob that comes afterwards is taken, and is all that is left.
    await httpStore(url, { token }).put(large);
    await until(async () => (await filesUnder(directory)).length === 1);
  });

  it("hangs up on an upload that is silent, and leaves nothing", async () => {
    const { url, directory } = await start({ idleTimeoutMs: 200 });
    const heard = await speak(
      url,
      `PUT /blobs/${blob.sha256} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token}\r\nContent-Length: 1000\r\n\r\nhalf`,
    );
    assert.equal(heard, "");
    assert.deepEqual(await filesUnder(directory), []);
  });

  it("hangs up on an upload that drips", async () => {
    const { url } = await start({ idleTimeoutMs: 300, minBytesPerSecond: 1024 });
    const dripping = new Promise<number | undefined>((resolve, reject) => {
      const headers = { authorization: `Bearer ${token}`, "content-length": large.bytes };
      const request = httpRequest(`${url}/blobs/${large.sha256}`, { method: "PUT", headers, agent: false }, (response) => {
        clearInterval(timer);
        response.resume();
        request.destroy();
        resolve(response.statusCode);
      });
      const timer = setInterval(() => request.write("x"), 50);
      request.once("error", reject);
    });
    assert.equal(await dripping, 408);
  });

  it("hangs up on a head that never ends", async () => {
    const { url } = await start({ headTimeoutMs: 300 });
    assert.match(await speak(url, "GET /healthz HTTP/1.1\r\nHost: x\r\nX-Slow: "), /^HTTP\/1.1 408 /);
  });

  it("refuses a head that is too long", async () => {
    const { url } = await start();
    assert.match(await speak(url, `GET /healthz HTTP/1.1\r\nHost: x\r\nX-Long: ${"x".repeat(20_000)}\r\n\r\n`), /^HTTP\/1.1 431 /);
  });

  it("hangs up on a reader that does not read", async () => {
    const store = await start({ idleTimeoutMs: 300, graceMs: 600_000 });
    const { url, directory } = store;
    // More than the buffers of both ends of a connection hold.
    const huge = blobOf(24 * MIB, 5);
    await folderStore(directory).put(huge);
    const { hostname, port } = new URL(url);
    const socket = connect(Number(port), hostname);
    cleanup.later(() => socket.destroy());
    socket.on("error", () => undefined);
    socket.write(`GET /blobs/${huge.sha256} HTTP/1.1\r\nHost: x\r\n\r\n`);
    await once(socket, "readable");
    // Closing waits for every connection: it ends only because the store hung up.
    await store.close();
  });

  it("takes no more connections than it may have", async () => {
    const { url } = await start({ maxConnections: 2 });
    const { hostname, port } = new URL(url);
    const open = Array.from({ length: 2 }, () => connect(Number(port), hostname));
    for (const socket of open) cleanup.later(() => socket.destroy());
    await Promise.all(open.map((socket) => once(socket, "connect")));
    await assert.rejects(ask(`${url}/healthz`));
  });

  it("closes as soon as what is under way has ended, whatever connections are kept", async () => {
    const store = await start({ graceMs: 600_000, keepAliveMs: 600_000, idleTimeoutMs: 600_000 });
    const agent = new Agent({ keepAlive: true });
    cleanup.later(() => agent.destroy());
    const headers = { authorization: `Bearer ${token}`, "content-length": 1000, expect: "100-continue" };
    const request = httpRequest(`${store.url}/blobs/${blob.sha256}`, { method: "PUT", headers, agent });
    request.flushHeaders();
    await once(request, "continue");
    const closing = store.close();
    const answered = once(request, "response");
    request.end(blob.content);
    const [response] = (await answered) as [IncomingMessage];
    response.resume();
    assert.equal(response.statusCode, 201);
    await closing;
  });

  it("takes a thousand small blobs", async () => {
    const { url, directory } = await start();
    const store = httpStore(url, { token });
    const blobs = Array.from({ length: 1000 }, (_, i) => blobOf(500, i + 1));
    for (let at = 0; at < blobs.length; at += 50) await Promise.all(blobs.slice(at, at + 50).map((each) => store.put(each)));
    assert.deepEqual(await folderStore(directory).missing(blobs.map(({ sha256 }) => sha256)), []);
  });
});

/** Waits until something that the store does by itself has happened; the test's own time-out is the bound. */
async function until(hasHappened: () => Promise<boolean>): Promise<void> {
  while (!(await hasHappened())) await new Promise((resolve) => setImmediate(resolve));
}
