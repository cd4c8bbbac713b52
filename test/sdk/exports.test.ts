import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import vm from "node:vm";
import * as sdk from "@parity-protocol/sdk";

const snapshot = new URL("./exports.json", import.meta.url);
const entry = fileURLToPath(new URL("../../sdk/index.ts", import.meta.url));
const esbuild = createRequire(import.meta.url).resolve("@esbuild/linux-x64/bin/esbuild");

/** The globals that a browser gives to a page, and none of Node's. */
const browserGlobals = {
  AbortController,
  AbortSignal,
  Headers,
  ReadableStream,
  Response,
  TextDecoder,
  TextEncoder,
  URL,
  Uint8Array,
  clearTimeout,
  crypto,
  fetch,
  performance,
  queueMicrotask,
  setTimeout,
};

describe("the sdk's barrel", () => {
  it("exports what it did before: a change here is a change for every program that uses it", () => {
    const names = Object.keys(sdk).sort();
    if (process.env.UPDATE_SNAPSHOTS === "1") writeFileSync(snapshot, `${JSON.stringify(names, null, 2)}\n`);
    assert.deepEqual(names, JSON.parse(readFileSync(snapshot, "utf8")));
  });

  it("bundles for a browser, and runs where there is neither process nor Buffer", () => {
    const options = ["--bundle", "--platform=browser", "--format=iife", "--global-name=sdk", "--log-level=error"];
    const bundle = execFileSync(esbuild, [entry, ...options], { encoding: "utf8", maxBuffer: 64 * 1024 ** 2 });
    const page = vm.createContext(browserGlobals);
    vm.runInContext(bundle, page);
    const runners = '[{ runner: "0x70997970C51812dc3A010C7d01b50e0d17dc79C8" }]';
    const there = vm.runInContext(`const list = sdk.buildMerkleList(${runners}); list.root + sdk.sha256Hex(list.listBytes)`, page);
    const here = sdk.buildMerkleList([{ runner: "0x70997970C51812dc3A010C7d01b50e0d17dc79C8" }]);
    assert.equal(there, here.root + sdk.sha256Hex(here.listBytes));
  });
});
