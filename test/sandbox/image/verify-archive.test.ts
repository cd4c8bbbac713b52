import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { verifyArchive } from "@parity-protocol/sandbox";
import { type ErrorCode, encodeCanonicalJson, isParityError, sha256Hex } from "@parity-protocol/sdk";
import { blobPath } from "../../../sandbox/image/documents.ts";
import { checkLayer } from "../../../sandbox/image/layer.ts";
import { archiveItems, type LayerSource } from "../../../sandbox/image/write-archive.ts";
import { encodeItem, type TarItem, writeTar } from "../../../sandbox/tar/write-tar.ts";

type Document = Record<string, unknown>;

async function pack(items: Iterable<TarItem>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of writeTar(items)) chunks.push(chunk);
  return Buffer.concat(chunks);
}

function file(name: string, content: Uint8Array): TarItem {
  return { name, type: "file", mode: 0o644, bytes: content.length, content: [content] };
}

function json(name: string, value: unknown): TarItem {
  return file(name, encodeCanonicalJson(value));
}

async function layerOf(...items: TarItem[]): Promise<LayerSource> {
  const content = await pack(items);
  return { sha256: sha256Hex(content), bytes: content.length, open: () => [content] };
}

/** The entries of a good archive, by name, to be spoilt. */
async function goodEntries(...layerItems: TarItem[]): Promise<Map<string, TarItem>> {
  const layer = await layerOf(...(layerItems.length > 0 ? layerItems : [file("tool", Buffer.from("tool"))]));
  const entries = new Map(archiveItems({ platform: "linux/amd64", layers: [layer] }).map((item) => [item.name, item]));
  const name = blobPath(layer.sha256);
  return entries.set(name, file(name, Buffer.concat([...(layer.open() as Iterable<Uint8Array>)])));
}

function read(entries: Map<string, TarItem>, name: string): Document {
  return JSON.parse(contentOf(entries, name).toString("utf8")) as Document;
}

function contentOf(entries: Map<string, TarItem>, name: string): Buffer {
  return Buffer.concat([...((entries.get(name)?.content ?? []) as Iterable<Uint8Array>)]);
}

/** Replaces the config or the manifest, and every digest that depends on it. */
function replaceConfig(entries: Map<string, TarItem>, change: (config: Document) => void): void {
  const index = read(entries, "index.json") as { manifests: { digest: string; size: number }[] };
  const [descriptor] = index.manifests as [{ digest: string; size: number }];
  const manifestName = `blobs/${descriptor.digest.replace(":", "/")}`;
  const manifest = read(entries, manifestName) as { config: { digest: string; size: number } };
  const configName = `blobs/${manifest.config.digest.replace(":", "/")}`;
  const config = read(entries, configName);
  change(config);
  for (const name of [configName, manifestName]) entries.delete(name);
  const put = (value: unknown) => {
    const bytes = encodeCanonicalJson(value);
    entries.set(blobPath(sha256Hex(bytes)), file(blobPath(sha256Hex(bytes)), bytes));
    return { digest: `sha256:${sha256Hex(bytes)}`, size: bytes.length };
  };
  Object.assign(manifest.config, put(config));
  Object.assign(descriptor, put(manifest));
  const [image] = read(entries, "manifest.json") as unknown as [Document];
  entries.set("manifest.json", json("manifest.json", [{ ...image, Config: `blobs/${manifest.config.digest.replace(":", "/")}` }]));
  entries.set("index.json", json("index.json", index));
}

describe("verifyArchive", () => {
  let directory: string;
  before(async () => {
    directory = await mkdtemp(join(tmpdir(), "parity-verify-"));
  });
  after(() => rm(directory, { recursive: true, force: true }));

  async function verify(bytes: Uint8Array, claim: Partial<Parameters<typeof verifyArchive>[1]> = {}) {
    const path = join(directory, "archive");
    await writeFile(path, bytes);
    return verifyArchive(path, { sha256: sha256Hex(bytes), bytes: bytes.length, platform: "linux/amd64", ...claim });
  }

  async function refuses(bytes: Uint8Array, code: ErrorCode, claim: Partial<Parameters<typeof verifyArchive>[1]> = {}): Promise<void> {
    await assert.rejects(verify(bytes, claim), (error) => {
      assert.ok(isParityError(error), String(error));
      assert.equal(error.code, code, error.message);
      assert.ok(error.hint.length > 0);
      return true;
    });
  }

  it("accepts an archive of ours and names its digests", async () => {
    const entries = await goodEntries();
    const verified = await verify(await pack(entries.values()));
    assert.equal(verified.diffIds.length, 1);
    assert.ok(entries.has(blobPath(verified.configDigest)) && entries.has(blobPath(verified.manifestDigest)));
  });

  it("refuses bytes that do not have the hash or the size that the job names, whatever else is wrong with them", async () => {
    const bytes = await pack((await goodEntries()).values());
    await refuses(bytes, "ARCHIVE_HASH_MISMATCH", { sha256: "0".repeat(64) });
    await refuses(bytes.subarray(0, 700), "ARCHIVE_HASH_MISMATCH", { bytes: bytes.length });
    await refuses(Buffer.from("no tar at all".repeat(100)), "ARCHIVE_HASH_MISMATCH", { sha256: "0".repeat(64) });
  });

  it("refuses a truncated archive, wherever it is cut", async () => {
    const bytes = await pack((await goodEntries()).values());
    for (const end of [0, 100, 700, bytes.length - 1_500, bytes.length - 1_024]) await refuses(bytes.subarray(0, end), "ARCHIVE_TRUNCATED");
  });

  it("refuses what is not a tar, and documents that are not JSON or not of their shape", async () => {
    await refuses(Buffer.from("no tar at all".repeat(100)), "ARCHIVE_MALFORMED");
    for (const content of ["{", "[]", '{"schemaVersion":1,"manifests":[]}']) {
      const entries = await goodEntries();
      entries.set("index.json", file("index.json", Buffer.from(content)));
      await refuses(await pack(entries.values()), "ARCHIVE_MALFORMED");
    }
  });

  it("refuses an archive without index.json, and one with an entry that nothing names", async () => {
    const entries = await goodEntries();
    entries.delete("index.json");
    await refuses(await pack(entries.values()), "ARCHIVE_MALFORMED");
    await refuses(await pack([...(await goodEntries()).values(), file("extra", Buffer.from("x"))]), "ARCHIVE_MALFORMED");
  });

  it("refuses an entry that occurs twice", async () => {
    const entries = [...(await goodEntries()).values()];
    await refuses(await pack([...entries, ...entries.slice(-1)]), "ARCHIVE_MALFORMED");
  });

  it("refuses paths that climb out or are absolute, and links", async () => {
    for (const name of ["../escape", "/etc/passwd", "blobs/../../escape", "./oci-layout"])
      await refuses(await pack([file(name, Buffer.from("x")), ...(await goodEntries()).values()]), "ARCHIVE_PATH_UNSAFE");
    const link: TarItem = { name: "blobs", type: "symlink", mode: 0o777, bytes: 0, linkName: "/" };
    await refuses(await pack([link, ...(await goodEntries()).values()]), "ARCHIVE_PATH_UNSAFE");
  });

  it("refuses two manifests, none, and an index of several platforms", async () => {
    const entries = await goodEntries();
    const index = read(entries, "index.json") as { manifests: Document[] };
    const [manifest] = index.manifests;
    const kinds = [[manifest, manifest], [], [{ ...manifest, mediaType: "application/vnd.oci.image.index.v1+json" }]];
    for (const manifests of kinds) {
      entries.set("index.json", json("index.json", { ...index, manifests }));
      await refuses(await pack(entries.values()), "ARCHIVE_NOT_ONE_IMAGE");
    }
  });

  it("refuses two images in manifest.json", async () => {
    const entries = await goodEntries();
    const images = read(entries, "manifest.json") as unknown as Document[];
    entries.set("manifest.json", json("manifest.json", [...images, ...images]));
    await refuses(await pack(entries.values()), "ARCHIVE_NOT_ONE_IMAGE");
  });

  it("refuses a tag in either half", async () => {
    const docker = await goodEntries();
    const [image] = read(docker, "manifest.json") as unknown as [Document];
    docker.set("manifest.json", json("manifest.json", [{ ...image, RepoTags: ["debian:12"] }]));
    await refuses(await pack(docker.values()), "ARCHIVE_TAGGED");
    const oci = await goodEntries();
    const index = read(oci, "index.json") as { manifests: Document[] };
    const annotations = { "org.opencontainers.image.ref.name": "debian:12" };
    oci.set("index.json", json("index.json", { ...index, manifests: [{ ...index.manifests[0], annotations }] }));
    await refuses(await pack(oci.values()), "ARCHIVE_TAGGED");
  });

  it("refuses a blob whose bytes do not hash to its name", async () => {
    const entries = await goodEntries();
    const name = [...entries.values()].reduce((a, b) => (a.bytes > b.bytes ? a : b)).name;
    const spoilt = contentOf(entries, name);
    spoilt[513] = (spoilt[513] ?? 0) ^ 1;
    entries.set(name, file(name, spoilt));
    await refuses(await pack(entries.values()), "ARCHIVE_BLOB_MISMATCH");
  });

  it("refuses a blob of another size than its descriptor says", async () => {
    const entries = await goodEntries();
    const name = [...entries.values()].reduce((a, b) => (a.bytes > b.bytes ? a : b)).name;
    entries.set(name, file(name, Buffer.alloc(512)));
    await refuses(await pack(entries.values()), "ARCHIVE_BLOB_MISMATCH");
  });

  it("refuses layers that the config does not name, or that the halves name differently", async () => {
    const wrong = await goodEntries();
    replaceConfig(wrong, (config) => Object.assign(config, { rootfs: { type: "layers", diff_ids: [`sha256:${"1".repeat(64)}`] } }));
    await refuses(await pack(wrong.values()), "ARCHIVE_LAYER_MISMATCH");
    const halves = await goodEntries();
    const [image] = read(halves, "manifest.json") as unknown as [Document];
    halves.set("manifest.json", json("manifest.json", [{ ...image, Layers: [] }]));
    await refuses(await pack(halves.values()), "ARCHIVE_LAYER_MISMATCH");
  });

  it("refuses an archive that lacks its layer", async () => {
    const entries = await goodEntries();
    const name = [...entries.values()].reduce((a, b) => (a.bytes > b.bytes ? a : b)).name;
    entries.delete(name);
    await refuses(await pack(entries.values()), "ARCHIVE_LAYER_MISMATCH");
  });

  it("refuses another platform than the job's", async () => {
    await refuses(await pack((await goodEntries()).values()), "ARCHIVE_PLATFORM_MISMATCH", { platform: "linux/arm64" });
  });

  it("refuses a config with volumes, a health check or build triggers", async () => {
    for (const setting of [{ Volumes: { "/data": {} } }, { Healthcheck: { Test: ["CMD", "x"] } }, { OnBuild: ["RUN x"] }]) {
      const entries = await goodEntries();
      replaceConfig(entries, (config) => Object.assign(config, { config: setting }));
      await refuses(await pack(entries.values()), "ARCHIVE_CONFIG_REFUSED");
    }
  });

  it("refuses documents and archives beyond their bounds", async () => {
    const entries = await goodEntries();
    entries.set("manifest.json", file("manifest.json", Buffer.alloc(2 * 1024 * 1024, " ")));
    await refuses(await pack(entries.values()), "ARCHIVE_TOO_LARGE");
    const many = Array.from({ length: 200 }, (_, i) => file(`file-${i}`, Buffer.alloc(0)));
    await refuses(await pack([...many, ...(await goodEntries()).values()]), "ARCHIVE_TOO_LARGE");
  });

  it("refuses layers with more entries than the bound", async () => {
    const content = await pack([1, 2, 3].map((i) => file(`f${i}`, Buffer.alloc(0))));
    await assert.rejects(checkLayer(Readable.from([content]), { entries: 2 }), (error) => isParityError(error, "ARCHIVE_TOO_LARGE"));
    const budget = { entries: 3 };
    await checkLayer(Readable.from([content]), budget);
    assert.equal(budget.entries, 0);
  });

  it("refuses a layer that climbs out or is cut, and devices outside /dev", async () => {
    await refuses(await pack((await goodEntries(file("../x", Buffer.from("x")))).values()), "ARCHIVE_LAYER_REFUSED");
    await refuses(await pack((await goodEntries(file("/etc/x", Buffer.from("x")))).values()), "ARCHIVE_LAYER_REFUSED");
    const device = asDevice(encodeItem({ name: "sda", type: "file", mode: 0o666, bytes: 0 }));
    const inDev = asDevice(encodeItem({ name: "./dev/null", type: "file", mode: 0o666, bytes: 0 }));
    const end = Buffer.alloc(1_024);
    const layer = (content: Buffer) => {
      const layers = [{ sha256: sha256Hex(content), bytes: content.length, open: () => [content] }];
      return pack(archiveItems({ platform: "linux/amd64", layers }));
    };
    await refuses(await layer(Buffer.concat([device, end])), "ARCHIVE_LAYER_REFUSED");
    await refuses(await layer(device), "ARCHIVE_LAYER_REFUSED");
    assert.equal((await verify(await layer(Buffer.concat([inDev, end])))).diffIds.length, 1);
  });
});

/** Turns a file's header into that of a character device. */
function asDevice(header: Buffer): Buffer {
  header.write("3", 156, "latin1");
  const sum = header.reduce((total, byte, at) => total + (at >= 148 && at < 156 ? 0x20 : byte), 0);
  header.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148, "latin1");
  return header;
}
