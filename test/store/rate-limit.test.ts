import assert from "node:assert/strict";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { httpStore } from "@parity-protocol/sdk";
import { limitKeyOf, RateLimit } from "../../store/http/rate-limit.ts";
import { Quota } from "../../store/writers/quota.ts";
import { blobOf, Cleanup, readAll, withCode } from "../support/blobs.ts";
import { ask, startStore, token } from "./support.ts";

describe("a rate limit", () => {
  it("lets a key save up so much and no more, and says when to come again", () => {
    const limit = new RateLimit(2, 4);
    assert.deepEqual(
      [0, 0, 0, 0].map(() => limit.take("a", 1, 0)),
      [undefined, undefined, undefined, undefined],
    );
    assert.deepEqual(limit.take("a", 3, 0), { retryAfterSeconds: 2 });
    assert.equal(limit.take("b", 4, 0), undefined);
    assert.equal(limit.take("a", 3, 1_500), undefined);
    assert.deepEqual(limit.take("a", 1, 1_500), { retryAfterSeconds: 1 });
    assert.equal(limit.take("a", 4, 1_000_000), undefined);
    assert.ok(limit.take("a", 1, 1_000_000));
  });

  it("remembers a bounded number of keys", () => {
    const limit = new RateLimit(1, 1);
    limit.take("first", 1, 0);
    for (let i = 0; i < 20_000; i++) limit.take(`key ${i}`, 1, 0);
    // The idlest was forgotten, which is lenient; the latest was not.
    assert.equal(limit.take("first", 1, 0), undefined);
    assert.ok(limit.take("key 19999", 1, 0));
  });

  for (const [address, key] of [
    ["192.0.2.7", "192.0.2.7"],
    ["::ffff:192.0.2.7", "192.0.2.7"],
    ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2"],
    ["2001:db8::1", "2001:db8:0:0"],
    ["::1", "0:0:0:0"],
  ] as const)
    it(`counts ${address} as ${key}`, () => assert.equal(limitKeyOf(address), key));
});

describe("a quota", () => {
  const terms = { addressBytes: 100, unprovenBytes: 150, signedBytes: 250 };
  const charge = (quota: Quota, name: string, { bytes, isProven = true, now = 0 }: { bytes: number; isProven?: boolean; now?: number }) =>
    quota.charge({ address: `0x${name.padStart(40, "0")}`, bytes, isProven }, now);

  it("bounds an address, those that never posted together, and all together, each day anew", () => {
    const quota = new Quota(terms);
    charge(quota, "a", { bytes: 100, isProven: false });
    assert.throws(() => charge(quota, "A", { bytes: 1, isProven: false }), withCode("STORE_QUOTA_EXCEEDED"));
    assert.throws(() => charge(quota, "b", { bytes: 51, isProven: false }), withCode("STORE_QUOTA_EXCEEDED"));
    charge(quota, "b", { bytes: 50, isProven: false });
    charge(quota, "c", { bytes: 100 });
    assert.throws(() => charge(quota, "d", { bytes: 1 }), withCode("STORE_QUOTA_EXCEEDED"));
    charge(quota, "a", { bytes: 100, isProven: false, now: 86_400 });
  });

  it("takes back what came to nothing, but not on another day", () => {
    const quota = new Quota(terms);
    charge(quota, "a", { bytes: 100 })();
    const giveBack = charge(quota, "a", { bytes: 100 });
    charge(quota, "a", { bytes: 60, now: 86_400 });
    giveBack();
    assert.throws(() => charge(quota, "a", { bytes: 50, now: 86_400 }), withCode("STORE_QUOTA_EXCEEDED"));
  });

  it("goes on from what was written down", () => {
    const quota = new Quota(terms);
    charge(quota, "a", { bytes: 90 });
    assert.throws(() => charge(new Quota(terms, quota.record), "a", { bytes: 11 }), withCode("STORE_QUOTA_EXCEEDED"));
  });
});

describe("a store under pressure", () => {
  const cleanup = new Cleanup();
  afterEach(() => cleanup.run());

  it("answers a peer so often, tells it when to come again, and a patient reader gets its blob", async () => {
    const { url } = await startStore(cleanup, { requestsPerSecond: 1 });
    await httpStore(url, { token }).put(blobOf(100));
    const answers = await Promise.all(Array.from({ length: 12 }, () => ask(`${url}/blobs/${blobOf(100).sha256}`)));
    const refused = answers.find(({ status }) => status === 429);
    assert.equal(refused?.json.code, "STORE_BUSY");
    assert.match(String(refused?.headers["retry-after"]), /^\d+$/);
    assert.equal((await readAll(await httpStore(url).open(blobOf(100).sha256))).length, 100);
  });

  it("tells peers apart by what the proxy in front says, where it is told of one", async () => {
    const { url } = await startStore(cleanup, { requestsPerSecond: 1, isBehindProxy: true });
    const askAs = (forwarded: string) => ask(`${url}/healthz`, { headers: { "x-forwarded-for": forwarded } });
    const statuses = async (forwarded: string) =>
      (await Promise.all(Array.from({ length: 14 }, () => askAs(forwarded)))).map(({ status }) => status);
    assert.ok((await statuses("198.51.100.1, 192.0.2.1")).includes(429));
    assert.equal((await askAs("192.0.2.1, 192.0.2.2")).status, 200);
    assert.equal((await askAs("192.0.2.9, 192.0.2.1")).status, 429);
  });

  it("lets one address hold so many connections, and goes on with those", async () => {
    const { url } = await startStore(cleanup, { maxConnectionsOfOne: 3 });
    const { hostname, port } = new URL(url);
    const open: Socket[] = [];
    cleanup.later(() => {
      for (const socket of open) socket.destroy();
    });
    for (let i = 0; i < 3; i++) {
      const socket = connect(Number(port), hostname);
      open.push(socket);
      await once(socket, "connect");
    }
    const fourth = connect(Number(port), hostname);
    await once(fourth, "close");
    open.pop()?.destroy();
    const answered = once(open[0] as Socket, "data");
    open[0]?.write("GET /healthz HTTP/1.1\r\nhost: store\r\n\r\n");
    assert.match(String((await answered)[0]), /^HTTP\/1\.1 200/);
  });
});
