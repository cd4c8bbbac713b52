import assert from "node:assert/strict";
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { isParityError } from "@parity-protocol/sdk";
import { openOutputFolder } from "../../../cli/result/output-folder.ts";
import { temporaryFolder } from "../support/parity.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

describe("writing a result into a folder", () => {
  let folder: ReturnType<typeof temporaryFolder>;
  let out: string;
  beforeEach(() => {
    folder = temporaryFolder();
    out = path.join(folder.path, "out");
  });
  afterEach(() => folder.remove());

  for (const hostile of ["../evil", "/etc/evil", "a/../../evil", "a//b", "a\0b", ""])
    it(`refuses the path ${JSON.stringify(hostile)}`, async () => {
      const target = await openOutputFolder(out, { isForced: false });
      await assert.rejects(target.write(hostile, bytes("x")), (error) => isParityError(error, "OUTPUT_MANIFEST_INVALID"));
      await target.discard();
      assert.deepEqual(readdirSync(folder.path), ["out"]);
    });

  it("refuses two files of one name", async () => {
    const target = await openOutputFolder(out, { isForced: false });
    await target.write("a", bytes("1"));
    await assert.rejects(target.write("a", bytes("2")), (error) => isParityError(error, "OUTPUT_MANIFEST_INVALID"));
    await assert.rejects(target.write("a/b", bytes("2")), (error) => isParityError(error, "OUTPUT_MANIFEST_INVALID"));
    await target.discard();
  });

  it("shows nothing before it is whole", async () => {
    const target = await openOutputFolder(out, { isForced: false });
    await target.write("output/a/b.txt", bytes("hello"), { isExecutable: true });
    assert.equal(existsSync(path.join(out, "output")), false);
    await target.publish();
    assert.equal(readFileSync(path.join(out, "output/a/b.txt"), "utf8"), "hello");
    assert.equal(statSync(path.join(out, "output/a/b.txt")).mode & 0o111, 0o111);
    assert.deepEqual(readdirSync(out), ["output"]);
  });

  it("leaves nothing when it is discarded", async () => {
    const target = await openOutputFolder(out, { isForced: false });
    await target.write("stdout", bytes("x"));
    await target.discard();
    assert.deepEqual(readdirSync(out), []);
  });

  it("refuses a folder that holds something, and a file", async () => {
    mkdirSync(out);
    writeFileSync(path.join(out, "mine"), "keep");
    await assert.rejects(openOutputFolder(out, { isForced: false }), (error) => isParityError(error, "FILE_EXISTS"));
    await assert.rejects(openOutputFolder(path.join(out, "mine"), { isForced: true }), (error) => isParityError(error, "FILE_EXISTS"));
  });

  it("replaces its own entries when forced, leaves others alone, and follows no link out of the folder", async () => {
    const outside = path.join(folder.path, "outside");
    mkdirSync(outside);
    writeFileSync(path.join(outside, "precious"), "keep");
    mkdirSync(out);
    writeFileSync(path.join(out, "mine"), "keep");
    symlinkSync(outside, path.join(out, "output"));
    const target = await openOutputFolder(out, { isForced: true });
    await target.write("output/precious", bytes("new"));
    await target.publish();
    assert.equal(readFileSync(path.join(outside, "precious"), "utf8"), "keep");
    assert.equal(readFileSync(path.join(out, "output/precious"), "utf8"), "new");
    assert.equal(readFileSync(path.join(out, "mine"), "utf8"), "keep");
  });
});
