import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { isParityError, ParityError } from "@parity-protocol/sdk";
import { readTar, type TarEntry } from "../../../sandbox/tar/read-tar.ts";
import { type TarItem, writeTar } from "../../../sandbox/tar/write-tar.ts";

const fault = (kind: "truncated" | "malformed", what: string) =>
  new ParityError(kind === "truncated" ? "ARCHIVE_TRUNCATED" : "ARCHIVE_MALFORMED", what);

async function pack(items: TarItem[]): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of writeTar(items)) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** Splits bytes into chunks of an awkward size, so that every boundary falls inside one. */
async function* inPieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function list(bytes: Uint8Array, size = 333): Promise<(Omit<TarEntry, "content" | "name"> & { name: string; text: string })[]> {
  const entries = [];
  for await (const { name, content, ...entry } of readTar(inPieces(bytes, size), fault)) {
    const chunks: Buffer[] = [];
    for await (const chunk of content()) chunks.push(Buffer.from(chunk));
    entries.push({ ...entry, name: name.toString("utf8"), text: Buffer.concat(chunks).toString("utf8") });
  }
  return entries;
}

function file(name: string, text: string): TarItem {
  return { name, type: "file", mode: 0o644, bytes: Buffer.byteLength(text), content: [Buffer.from(text)] };
}

const longName = `${"directory/".repeat(30)}${"n".repeat(200)}`;

describe("writeTar", () => {
  it("writes what readTar and the system's tar read, long and odd names included", async () => {
    const items = [
      file("a", "one"),
      file(longName, "two"),
      file("ü\nx", ""),
      { name: "d", type: "directory", mode: 0o555, bytes: 0 } as const,
    ];
    const bytes = await pack([...items, { name: "l", type: "symlink", mode: 0o777, bytes: 0, linkName: "t".repeat(150) }]);
    const entries = await list(bytes);
    assert.deepEqual(
      entries.map(({ name, type, text }) => [name, type, text]),
      [
        ["a", "file", "one"],
        [longName, "file", "two"],
        ["ü\nx", "file", ""],
        ["d", "directory", ""],
        ["l", "symlink", ""],
      ],
    );
    assert.equal(entries[4]?.linkName.toString(), "t".repeat(150));
    const listed = execFileSync("tar", ["-tf", "-", "--quoting-style=literal"], { input: bytes, encoding: "utf8" });
    assert.equal(listed, `a\n${longName}\nü\nx\nd/\nl\n`);
  });

  it("gives the same bytes for the same items", async () => {
    assert.deepEqual(await pack([file("a", "x"), file(longName, "y")]), await pack([file("a", "x"), file(longName, "y")]));
  });
});

describe("readTar", () => {
  it("keeps names as bytes, so that two names that are not UTF-8 stay different", async () => {
    const bytes = await pack([file("xx", "1")]);
    bytes[0] = 0xff;
    bytes.write(`${checksumWithout(bytes).toString(8).padStart(6, "0")}\0 `, 148, "latin1");
    const names: string[] = [];
    for await (const entry of readTar(inPieces(bytes, 512), fault)) names.push(entry.name.toString("hex"));
    assert.deepEqual(names, ["ff78"]);
  });

  it("skips content that nobody reads", async () => {
    const bytes = await pack([file("a", "x".repeat(5_000)), file("b", "y")]);
    const names: string[] = [];
    for await (const entry of readTar(inPieces(bytes, 700), fault)) names.push(entry.name.toString());
    assert.deepEqual(names, ["a", "b"]);
  });

  it("reads GNU tars with long names and hard links", async () => {
    const input = execFileSync("sh", [
      "-c",
      `cd $(mktemp -d) && echo hi > ${"l".repeat(180)} && ln ${"l".repeat(180)} z && tar --format=gnu -cf - *; rm -rf "$PWD"`,
    ]);
    const entries = await list(input);
    assert.deepEqual(
      entries.map(({ name, type, text }) => [name, type, text]),
      [
        ["l".repeat(180), "file", "hi\n"],
        ["z", "link", ""],
      ],
    );
    assert.equal(entries[1]?.linkName.toString(), "l".repeat(180));
  });

  it("says that a tar is truncated, wherever it is cut", async () => {
    const bytes = await pack([file("a", "x".repeat(1_000)), file(longName, "y")]);
    for (const end of [1, 511, 600, 1_400, bytes.length - 1_024])
      await assert.rejects(list(bytes.subarray(0, end)), (error) => isParityError(error, "ARCHIVE_TRUNCATED"), `cut at ${end}`);
  });

  it("says that a header with a wrong checksum is malformed", async () => {
    const bytes = await pack([file("a", "x")]);
    bytes[0] = 0x62;
    await assert.rejects(list(bytes), (error) => isParityError(error, "ARCHIVE_MALFORMED"));
  });
});

function checksumWithout(block: Buffer): number {
  return block.subarray(0, 512).reduce((sum, byte, at) => sum + (at >= 148 && at < 156 ? 0x20 : byte), 0);
}
