import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { isParityError } from "@parity-protocol/sdk";
import { loadStoreConfig } from "@parity-protocol/store";
import { Cleanup } from "../support/blobs.ts";

describe("loadStoreConfig", () => {
  const cleanup = new Cleanup();
  afterEach(() => cleanup.run());
  const load = (env: Record<string, string>, directory = cleanup.directory()) => loadStoreConfig(env, directory);

  it("needs only a directory", () => {
    assert.deepEqual(load({ STORE_DIRECTORY: "blobs" }), {
      directory: "blobs",
      host: "127.0.0.1",
      port: 8090,
      token: undefined,
      maxBlobBytes: 16 * 1024 ** 3,
      maxBytes: undefined,
      chain: undefined,
      publicUrls: undefined,
      quota: { addressBytes: 4 * 1024 ** 3, unprovenBytes: 16 * 1024 ** 3, signedBytes: 64 * 1024 ** 3 },
      retentionDays: undefined,
      requestsPerSecond: 1000,
      maxConnectionsOfOne: 128,
      isBehindProxy: false,
      logLevel: "info",
    });
  });

  it("reads every variable, with units", () => {
    const config = load({
      STORE_DIRECTORY: "d",
      STORE_PORT: "0",
      STORE_TOKEN: "x".repeat(16),
      STORE_MAX_BLOB_BYTES: "2G",
      STORE_MAX_BYTES: "100",
    });
    assert.deepEqual([config.port, config.token, config.maxBlobBytes, config.maxBytes], [0, "x".repeat(16), 2 * 1024 ** 3, 100]);
  });

  it("reads where the chain is, what the store is called, and who stands in front of it", () => {
    const escrow = `0x${"1".repeat(40)}` as const;
    const config = load({
      STORE_DIRECTORY: "d",
      STORE_RPC_URL: "http://127.0.0.1:8545",
      STORE_ESCROW: escrow,
      STORE_FROM_BLOCK: "7",
      STORE_PUBLIC_URLS: "https://a.example https://b.example",
      STORE_BEHIND_PROXY: "true",
    });
    assert.deepEqual(config.chain, { rpcUrl: "http://127.0.0.1:8545", escrow, fromBlock: 7n });
    assert.deepEqual(config.publicUrls, ["https://a.example", "https://b.example"]);
    assert.deepEqual([config.isBehindProxy, config.maxConnectionsOfOne], [true, undefined]);
  });

  it("wants an escrow with an RPC, and shows no RPC's address", () => {
    const refused = (env: Record<string, string>) => (error: unknown) =>
      isParityError(error, "STORE_CONFIG_INVALID") &&
      /STORE_ESCROW|STORE_RPC_URL/.test(error.message) &&
      !error.message.includes(env.STORE_RPC_URL ?? "-");
    for (const env of [{ STORE_RPC_URL: "https://rpc.example/my-key" }, { STORE_RPC_URL: "rpc.example/my-key" }])
      assert.throws(() => load({ STORE_DIRECTORY: "d", ...env }), refused(env));
  });

  it("reads .env where the environment does not say", () => {
    const directory = cleanup.directory();
    writeFileSync(join(directory, ".env"), "STORE_DIRECTORY=from-file\nSTORE_PORT=1\n");
    const config = load({ STORE_PORT: "2", STORE_DIRECTORY: "" }, directory);
    assert.deepEqual([config.directory, config.port], ["from-file", 2]);
  });

  for (const [name, value] of [
    ["STORE_DIRECTORY", ""],
    ["STORE_PORT", "http"],
    ["STORE_PORT", "65536"],
    ["STORE_TOKEN", "short"],
    ["STORE_TOKEN", "with spaces and more than sixteen"],
    ["STORE_MAX_BYTES", "-1"],
    ["STORE_MAX_BYTES", "0"],
    ["STORE_MAX_BLOB_BYTES", "2GB"],
    ["STORE_LOG_LEVEL", "loud"],
    ["STORE_RETENTION_DAYS", "0"],
    ["STORE_REQUESTS_PER_SECOND", "many"],
    ["STORE_BEHIND_PROXY", "nginx"],
    ["STORE_PUBLIC_URLS", "blobs.example.org"],
    ["STORE_MAX_BYTE", "1"],
  ] as const)
    it(`names ${name} when it is ${JSON.stringify(value)}, and shows no token`, () => {
      assert.throws(
        () => load({ STORE_DIRECTORY: "d", [name]: value }),
        (error) =>
          isParityError(error, "STORE_CONFIG_INVALID") &&
          error.message.includes(name) &&
          (name === "STORE_MAX_BYTE" || error.message.includes(`Example: ${name}=`)) &&
          (name !== "STORE_TOKEN" || !error.message.includes(value)),
      );
    });
});
