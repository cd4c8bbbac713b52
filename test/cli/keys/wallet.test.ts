import assert from "node:assert/strict";
import { statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { parity, temporaryFolder } from "../support/parity.ts";

const key = "0x4c0883a69102937d6231471b5dbb6204fe5129617082792ae468d01a3f362318";
const address = "0x2c7536E3605D9C16a7a3D7b1898e529396a65c23";

describe("the wallet command", () => {
  let folder: ReturnType<typeof temporaryFolder>;
  beforeEach(() => {
    folder = temporaryFolder();
    writeFileSync(path.join(folder.path, "password"), "correct horse\n");
  });
  afterEach(() => folder.remove());
  const run = (args: string[], more: { env?: Record<string, string>; stdin?: string } = {}) =>
    parity(["wallet", ...args], { cwd: folder.path, ...more });

  it("keeps an imported key encrypted, for its owner only, and finds it again", async () => {
    const imported = await run(["import", "--out", "w.json", "--password-file", "password"], { stdin: `${key}\n` });
    assert.equal(imported.code, 0, imported.stderr);
    assert.equal(statSync(path.join(folder.path, "w.json")).mode & 0o777, 0o600);
    const found = await run(["address", "--keystore", "w.json", "--password-file", "password"]);
    assert.deepEqual(found.records, [{ address }]);
  });

  it("never overwrites a keystore", async () => {
    writeFileSync(path.join(folder.path, "w.json"), "mine");
    const made = await run(["new", "--out", "w.json", "--password-file", "password"]);
    assert.deepEqual([made.code, made.error?.code], [1, "FILE_EXISTS"]);
  });

  it("refuses what is not a key, without repeating it", async () => {
    const refused = await run(["import", "--password-file", "password"], { stdin: "hunter2hunter2" });
    assert.deepEqual([refused.code, refused.error?.code], [1, "KEY_INVALID"]);
    assert.doesNotMatch(refused.stderr, /hunter2/);
  });

  it("refuses a wrong password", async () => {
    await run(["import", "--out", "w.json", "--password-file", "password"], { stdin: key });
    writeFileSync(path.join(folder.path, "wrong"), "incorrect\n");
    const refused = await run(["address", "--keystore", "w.json", "--password-file", "wrong"]);
    assert.deepEqual([refused.code, refused.error?.code], [1, "KEY_INVALID"]);
  });

  it("says so when no key is named", async () => {
    const refused = await run(["address"]);
    assert.deepEqual([refused.code, refused.error?.code], [1, "KEY_MISSING"]);
  });

  it("names a malformed variable, and not its secret value", async () => {
    const refused = await run(["address"], { env: { PARITY_PRIVATE_KEY: "0x1234" } });
    assert.deepEqual([refused.code, refused.error?.code], [1, "CONFIG_INVALID"]);
    assert.match(refused.error?.message ?? "", /PARITY_PRIVATE_KEY/);
    assert.doesNotMatch(refused.stderr, /0x1234/);
  });

  it("reads variables from .env, and the environment before it", async () => {
    writeFileSync(path.join(folder.path, ".env"), `PARITY_PRIVATE_KEY=0x${"11".repeat(32)}\n`);
    const fromFile = await run(["address"]);
    assert.notDeepEqual(fromFile.records, [{ address }]);
    assert.deepEqual((await run(["address"], { env: { PARITY_PRIVATE_KEY: key } })).records, [{ address }]);
  });
});
