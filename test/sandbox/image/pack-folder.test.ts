import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { packFolder, verifyArchive } from "@parity-protocol/sandbox";
import { isParityError, sha256Hex } from "@parity-protocol/sdk";
import { describeLayer, writeArchive } from "../../../sandbox/image/write-archive.ts";

/** The first bytes of a binary, as much as a reader of its platform looks at. */
function elf(machine: number): Buffer {
  const header = Buffer.alloc(64);
  header.write("\x7fELF\x02\x01\x01", 0, "latin1");
  header.writeUInt16LE(machine, 18);
  return header;
}

describe("packFolder", () => {
  let directory: string;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), "parity-pack-"));
  });
  afterEach(() => rm(directory, { recursive: true, force: true }));

  function fill(name: string, order: readonly ("b" | "a" | "link")[]): string {
    const folder = join(directory, name);
    mkdirSync(join(folder, "sub"), { recursive: true });
    for (const item of order) {
      if (item === "a") writeFileSync(join(folder, "sub/a"), "text", { mode: item === order[0] ? 0o600 : 0o644 });
      if (item === "b") writeFileSync(join(folder, "b"), elf(0x3e), { mode: 0o755 });
      if (item === "link") symlinkSync("../b", join(folder, "sub/link"));
    }
    return folder;
  }

  it("gives the same bytes for the same content, whatever the times, modes and order of creation", async () => {
    const [first, second] = [fill("one", ["a", "b", "link"]), fill("two", ["link", "b", "a"])];
    utimesSync(join(second, "b"), 1, 1);
    chmodSync(join(second, "b"), 0o775);
    const outputDirectory = join(directory, "out");
    const [a, b] = [await packFolder({ folder: first, outputDirectory }), await packFolder({ folder: second, outputDirectory })];
    assert.equal(a.sha256, b.sha256);
    assert.equal(a.platform, "linux/amd64");
    assert.deepEqual(await readdir(outputDirectory), [a.sha256]);
    assert.equal(sha256Hex(await readFile(a.path)), a.sha256);
  });

  it("writes a docker-archive and an OCI layout in one tar: sorted, without tags", async () => {
    const archive = await packFolder({ folder: fill("one", ["a", "b"]), outputDirectory: join(directory, "out") });
    const verified = await verifyArchive(archive.path, archive);
    const names = execFileSync("tar", ["-tf", archive.path], { encoding: "utf8" }).trim().split("\n");
    assert.deepEqual(names, [...names].sort());
    assert.deepEqual(names.slice(-3), ["index.json", "manifest.json", "oci-layout"]);
    const read = (name: string) => JSON.parse(execFileSync("tar", ["-xOf", archive.path, name], { encoding: "utf8" }));
    assert.deepEqual(read("manifest.json"), [
      { Config: `blobs/sha256/${verified.configDigest}`, Layers: verified.diffIds.map((id) => `blobs/sha256/${id}`), RepoTags: null },
    ]);
    assert.equal(read("index.json").manifests[0].digest, `sha256:${verified.manifestDigest}`);
  });

  it("refuses a folder whose platform is unknown, and takes the one it is told", async () => {
    const folder = fill("none", ["a"]);
    const outputDirectory = join(directory, "out");
    await assert.rejects(packFolder({ folder, outputDirectory }), (error) => isParityError(error, "IMAGE_SOURCE_INVALID"));
    assert.equal((await packFolder({ folder, outputDirectory, platform: "linux/arm64" })).platform, "linux/arm64");
  });

  it("refuses a folder with binaries of two platforms", async () => {
    const folder = fill("two", ["b"]);
    writeFileSync(join(folder, "c"), elf(0xb7), { mode: 0o755 });
    await assert.rejects(packFolder({ folder, outputDirectory: directory }), (error) => isParityError(error, "IMAGE_SOURCE_INVALID"));
  });

  it("refuses a pipe in the folder, and a folder that is not there, and leaves nothing behind", async () => {
    const folder = fill("pipe", ["b"]);
    execFileSync("mkfifo", [join(folder, "pipe")]);
    const outputDirectory = join(directory, "out");
    for (const bad of [folder, join(directory, "absent")])
      await assert.rejects(packFolder({ folder: bad, outputDirectory }), (error) => isParityError(error, "IMAGE_SOURCE_INVALID"));
    assert.deepEqual(await readdir(outputDirectory).catch(() => []), []);
  });

  it("refuses files that change while they are packed, and leaves nothing behind", async () => {
    const outputDirectory = join(directory, "out");
    let reads = 0;
    const layer = await describeLayer(() => [Buffer.from(`read ${reads++}`)]);
    const packing = writeArchive({ platform: "linux/amd64", layers: [layer] }, outputDirectory);
    await assert.rejects(packing, (error) => isParityError(error, "IMAGE_SOURCE_INVALID"));
    assert.deepEqual(await readdir(outputDirectory), []);
  });
});
