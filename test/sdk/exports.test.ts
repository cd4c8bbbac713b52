import assert from "node:assert/strict";
import { globSync, readFileSync, writeFileSync } from "node:fs";
import * as sdk from "@parity-protocol/sdk";

const snapshot = new URL("./exports.json", import.meta.url);

describe("the sdk's barrel", () => {
  it("exports what it did before: a change here is a change for every program that uses it", () => {
    const names = Object.keys(sdk).sort();
    if (process.env.UPDATE_SNAPSHOTS === "1") writeFileSync(snapshot, `${JSON.stringify(names, null, 2)}\n`);
    assert.deepEqual(names, JSON.parse(readFileSync(snapshot, "utf8")));
  });

  it("imports nothing that a browser does not have", () => {
    const root = new URL("../../sdk/", import.meta.url);
    const browserFiles = globSync("**/*.ts", { cwd: root }).filter((path) => !/^(node\.ts|node\/|node_modules\/)/.test(path));
    assert.ok(browserFiles.length > 50);
    const offenders = browserFiles.filter((path) => /from "node:|\bBuffer\b|\bprocess\./.test(readFileSync(new URL(path, root), "utf8")));
    assert.deepEqual(offenders, []);
  });
});
