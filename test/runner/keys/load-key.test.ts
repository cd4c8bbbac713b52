import assert from "node:assert/strict";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { encryptKeystoreJson } from "ethers";
import { exposedFiles, loadKey } from "../../../runner/keys/load-key.ts";
import { hash, runnerAddress } from "../support/records.ts";

describe("loadKey", () => {
  let directory: string;
  let keystorePath: string;
  let passwordPath: string;
  const privateKey = hash("11");

  before(async () => {
    directory = mkdtempSync(join(tmpdir(), "parity-key-"));
    keystorePath = join(directory, "keystore.json");
    passwordPath = join(directory, "password");
    const { address } = (await import("viem/accounts")).privateKeyToAccount(privateKey);
    writeFileSync(keystorePath, await encryptKeystoreJson({ address, privateKey }, "pass word", { scrypt: { N: 2, r: 8, p: 1 } }));
  });
  after(() => rmSync(directory, { recursive: true }));

  const load = () => loadKey({ kind: "keystore", keystorePath, passwordPath });

  for (const [what, text] of [
    ["a bare password", "pass word"],
    ["a password and a newline", "pass word\n"],
    ["a password and more lines", "pass word\r\nmore"],
  ] as const)
    it(`opens a keystore, given ${what} in the file`, async () => {
      writeFileSync(passwordPath, text);
      assert.equal(await load(), privateKey);
    });

  it("opens a keystore with a password that was typed", async () => {
    assert.equal(await loadKey({ kind: "typed", keystorePath, password: "pass word" }), privateKey);
    await assert.rejects(loadKey({ kind: "typed", keystorePath, password: "another" }), { code: "KEYSTORE_PASSWORD_WRONG" });
  });

  it("names the files that others may read", async () => {
    writeFileSync(passwordPath, "pass word");
    chmodSync(keystorePath, 0o600);
    chmodSync(passwordPath, 0o640);
    assert.deepEqual(await exposedFiles({ kind: "keystore", keystorePath, passwordPath }), [passwordPath]);
    chmodSync(passwordPath, 0o600);
    assert.deepEqual(await exposedFiles({ kind: "keystore", keystorePath, passwordPath }), []);
    assert.deepEqual(await exposedFiles({ kind: "private-key", privateKey }), []);
  });

  it("names a wrong password without repeating it", async () => {
    writeFileSync(passwordPath, "hunter2");
    await assert.rejects(
      load(),
      (error: Error & { code: string }) => error.code === "KEYSTORE_PASSWORD_WRONG" && !error.message.includes("hunter2"),
    );
  });

  it("refuses a file that is no keystore, and one that is not there", async () => {
    const other = join(directory, "other");
    writeFileSync(other, JSON.stringify({ address: runnerAddress }));
    await assert.rejects(loadKey({ kind: "keystore", keystorePath: other, passwordPath }), { code: "KEYSTORE_INVALID" });
    await assert.rejects(loadKey({ kind: "keystore", keystorePath: join(directory, "absent"), passwordPath }), {
      code: "KEYSTORE_INVALID",
    });
    await assert.rejects(loadKey({ kind: "keystore", keystorePath, passwordPath: join(directory, "absent") }), {
      code: "KEYSTORE_INVALID",
    });
  });
});
