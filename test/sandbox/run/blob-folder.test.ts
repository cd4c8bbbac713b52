import assert from "node:assert/strict";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isParityError, sha256Hex } from "@parity-protocol/sdk";
import { BlobFolder } from "../../../sandbox/run/blob-folder.ts";

describe("BlobFolder", () => {
  let directory: string;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), "parity-blobs-"));
  });
  afterEach(() => rm(directory, { recursive: true, force: true }));

  it("names nothing before the commit, and every blob once afterwards", async () => {
    const folder = new BlobFolder(directory);
    for (const text of ["a", "b", "a"]) await folder.put(Buffer.from(text));
    assert.ok((await readdir(directory)).every((name) => name.startsWith(".partial-")));
    const blobs = await folder.commit();
    const names = ["a", "b"].map((text) => sha256Hex(Buffer.from(text))).sort();
    assert.deepEqual(blobs.map((blob) => blob.sha256).sort(), names);
    assert.deepEqual((await readdir(directory)).sort(), names);
    const [first] = blobs;
    const chunks: Uint8Array[] = [];
    for await (const chunk of first?.open() ?? []) chunks.push(chunk);
    assert.equal(sha256Hex(Buffer.concat(chunks)), first?.sha256);
  });

  it("names very many blobs as it names a few", async () => {
    const folder = new BlobFolder(directory);
    const texts = Array.from({ length: 200 }, (_, i) => `file ${i}`);
    for (const text of texts) await folder.put(Buffer.from(text));
    assert.equal((await folder.commit()).length, 200);
    assert.deepEqual((await readdir(directory)).sort(), texts.map((text) => sha256Hex(Buffer.from(text))).sort());
  });

  it("removes what was not committed and leaves what was there before", async () => {
    const name = sha256Hex(Buffer.from("a"));
    await writeFile(join(directory, name), "a");
    const folder = new BlobFolder(directory);
    await folder.put(Buffer.from("a"));
    await (await folder.draft()).write(Buffer.from("b"));
    await folder.close();
    await folder.close();
    assert.deepEqual(await readdir(directory), [name]);
    assert.equal(await readFile(join(directory, name), "utf8"), "a");
  });

  it("says that the disk is to blame when it cannot write", async () => {
    await writeFile(join(directory, "file"), "");
    const folder = new BlobFolder(join(directory, "file"));
    await assert.rejects(folder.draft(), (error) => isParityError(error, "OUTPUT_UNWRITABLE") && error.isRetryable);
  });
});
