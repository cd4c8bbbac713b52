import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { isParityError } from "@parity-protocol/sdk";
import { listInput } from "../../../cli/job-file/input-tree.ts";
import { temporaryFolder } from "../support/parity.ts";

describe("listing the input", () => {
  let folder: ReturnType<typeof temporaryFolder>;
  const at = (name: string) => path.join(folder.path, name);
  const isRefused = (code: "INPUT_UNSUPPORTED" | "INPUT_NOT_FOUND", says: RegExp) => (error: unknown) =>
    isParityError(error, code) && says.test(error.message);
  beforeEach(() => {
    folder = temporaryFolder();
  });
  afterEach(() => folder.remove());

  it("refuses a missing path", async () => {
    await assert.rejects(listInput(at("none")), isRefused("INPUT_NOT_FOUND", /does not exist/));
  });

  it("refuses a symbolic link, also to a folder, also as the input itself", async () => {
    mkdirSync(at("real"));
    symlinkSync("real", at("link"));
    await assert.rejects(listInput(folder.path), isRefused("INPUT_UNSUPPORTED", /symbolic link/));
    await assert.rejects(listInput(at("link")), isRefused("INPUT_UNSUPPORTED", /symbolic link/));
  });

  it("refuses a named pipe, without waiting for somebody to write to it", async () => {
    execFileSync("mkfifo", [at("pipe")]);
    await assert.rejects(listInput(folder.path), isRefused("INPUT_UNSUPPORTED", /named pipe/));
  });

  it("refuses a name that is not UTF-8", async () => {
    writeFileSync(Buffer.concat([Buffer.from(`${folder.path}/`), Buffer.from([0xff, 0xfe])]), "");
    await assert.rejects(listInput(folder.path), isRefused("INPUT_UNSUPPORTED", /not UTF-8/));
  });

  it("lists regular files sorted by the bytes of their paths", async () => {
    for (const name of ["b", "a/z", "a.txt", ".hidden", "é"]) {
      mkdirSync(path.dirname(at(name)), { recursive: true });
      writeFileSync(at(name), name);
    }
    const entries = await listInput(folder.path);
    assert.deepEqual(
      entries.map((entry) => entry.path),
      [".hidden", "a.txt", "a/z", "b", "é"],
    );
    assert.deepEqual(
      entries.map((entry) => entry.bytes),
      [7, 5, 3, 1, 2],
    );
  });

  it("takes a single file under its own name", async () => {
    writeFileSync(at("only.csv"), "1,2");
    assert.deepEqual(await listInput(at("only.csv")), [{ source: at("only.csv"), path: "only.csv", bytes: 3 }]);
  });
});
