import { type FileHandle, open } from "node:fs/promises";
import { ParityError } from "@parity-protocol/sdk";
import type { z } from "zod";
import { blockBytes, decodeHeader, isZeroBlock, paddingAfter } from "../tar/format.ts";
import { archiveBounds } from "./bounds.ts";
import {
  blobPath,
  configSchema,
  dockerManifestSchema,
  type ImageConfig,
  indexSchema,
  manifestSchema,
  manifestType,
  type Platform,
} from "./documents.ts";

/** What an archive says that it holds; its blobs' digests are not checked yet. Digests are 64 hex digits. */
export interface ArchivePlan {
  configDigest: string;
  manifestDigest: string;
  diffIds: readonly string[];
}

interface Entry {
  offset: number;
  bytes: number;
}

type Manifest = z.infer<typeof manifestSchema>;

/** Reads an archive's headers and documents, seeking past its layers, and checks that they describe one image without tags. */
export async function planArchive(path: string, platform: Platform): Promise<ArchivePlan> {
  const file = await open(path, "r");
  try {
    const entries = await indexEntries(file);
    const read = <T>(name: string, schema: z.ZodType<T>) => readDocument(file, { name, entry: entries.get(name), schema });
    const manifestDigest = onlyManifest(await read("index.json", indexSchema));
    const manifest = await read(blobPath(manifestDigest), manifestSchema);
    const configDigest = hexOf(manifest.config.digest);
    const config = await read(blobPath(configDigest), configSchema);
    checkDockerManifest(await read("manifest.json", dockerManifestSchema), manifest);
    checkConfig(config, platform);
    const diffIds = checkLayers(config, manifest);
    checkEntries(entries, { manifestDigest, manifest });
    return { configDigest, manifestDigest, diffIds };
  } finally {
    await file.close();
  }
}

async function indexEntries(file: FileHandle): Promise<Map<string, Entry>> {
  const { size } = await file.stat();
  const entries = new Map<string, Entry>();
  for (let at = 0; ; ) {
    const block = Buffer.alloc(blockBytes);
    const { bytesRead } = await file.read(block, 0, blockBytes, at);
    if (bytesRead < blockBytes) throw truncated("it has no end mark");
    if (isZeroBlock(block)) return entries;
    const [name, entry] = decodeEntry(block, at + blockBytes);
    if (entry.offset + entry.bytes > size) throw truncated(`${name} is cut off`);
    if (entries.has(name)) throw malformed(`${name} occurs twice`);
    entries.set(name, entry);
    if (entries.size > archiveBounds.layers + 5) throw new ParityError("ARCHIVE_TOO_LARGE", "The archive has too many entries.");
    at = entry.offset + entry.bytes + paddingAfter(entry.bytes);
  }
}

/** Only plain files with plain names: anything else is read differently by different engines. */
function decodeEntry(block: Buffer, offset: number): [string, Entry] {
  const header = decodeHeader(block);
  if (!header) throw malformed("a header's checksum or size is wrong");
  const name = header.name.toString("latin1");
  if (header.flag !== "0" || !/^[A-Za-z0-9][A-Za-z0-9._-]*(\/[A-Za-z0-9][A-Za-z0-9._-]*)*$/.test(name))
    throw new ParityError(
      "ARCHIVE_PATH_UNSAFE",
      `The archive's entry ${JSON.stringify(name)} (type ${JSON.stringify(header.flag)}) is refused.`,
    );
  if (header.bytes > archiveBounds.layerBytes)
    throw new ParityError("ARCHIVE_TOO_LARGE", `The archive's entry ${name} has ${header.bytes} bytes.`);
  return [name, { offset, bytes: header.bytes }];
}

async function readDocument<T>(file: FileHandle, document: { name: string; entry: Entry | undefined; schema: z.ZodType<T> }): Promise<T> {
  const { name, entry, schema } = document;
  if (!entry) throw malformed(`it has no ${name}`);
  if (entry.bytes > archiveBounds.documentBytes)
    throw new ParityError(
      "ARCHIVE_TOO_LARGE",
      `The archive's ${name} has ${entry.bytes} bytes; ${archiveBounds.documentBytes} are allowed.`,
    );
  const { buffer, bytesRead } = await file.read(Buffer.alloc(entry.bytes), 0, entry.bytes, entry.offset);
  if (bytesRead < entry.bytes) throw truncated(`${name} is cut off`);
  const parsed = schema.safeParse(parseJson(buffer, name));
  if (!parsed.success) throw malformed(`${name}: ${parsed.error.issues[0]?.path.join(".")} ${parsed.error.issues[0]?.message}`);
  return parsed.data;
}

function parseJson(bytes: Uint8Array, name: string): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (cause) {
    throw new ParityError("ARCHIVE_MALFORMED", `The archive's ${name} is not JSON.`, { cause });
  }
}

function onlyManifest(index: z.infer<typeof indexSchema>): string {
  const [manifest, ...others] = index.manifests;
  if (!manifest || others.length > 0) throw notOneImage(`index.json names ${index.manifests.length} manifests`);
  if (manifest.mediaType !== manifestType) throw notOneImage(`index.json names a ${manifest.mediaType}`);
  if (Object.keys(manifest.annotations ?? {}).length > 0) throw tagged("index.json annotates its manifest");
  return hexOf(manifest.digest);
}

/** Both halves of the hybrid must tell the same image, whichever an engine reads. */
function checkDockerManifest(images: z.infer<typeof dockerManifestSchema>, manifest: Manifest): void {
  const [image, ...others] = images;
  if (!image || others.length > 0) throw notOneImage(`manifest.json names ${images.length} images`);
  if (image.RepoTags?.length) throw tagged(`manifest.json names ${image.RepoTags.join(", ")}`);
  const layers = manifest.layers.map((layer) => blobPath(hexOf(layer.digest)));
  if (image.Config !== blobPath(hexOf(manifest.config.digest))) throw malformed("manifest.json and index.json name different configs");
  if (image.Layers.join() !== layers.join()) throw layerMismatch("manifest.json and the OCI manifest name different layers");
}

function checkConfig(config: ImageConfig, platform: Platform): void {
  const actual = `${config.os}/${config.architecture}`;
  if (actual !== platform) throw new ParityError("ARCHIVE_PLATFORM_MISMATCH", `The archive is for ${actual}; the job names ${platform}.`);
  const { Volumes, Healthcheck, OnBuild } = config.config ?? {};
  const asked = Object.entries({ Volumes, Healthcheck, OnBuild }).filter(([, value]) => value && Object.keys(value).length > 0);
  if (asked.length > 0)
    throw new ParityError("ARCHIVE_CONFIG_REFUSED", `The image's config has ${asked.map(([name]) => name).join(", ")}.`);
}

/** Layers are stored uncompressed, so a layer's digest is its diff-id. */
function checkLayers(config: ImageConfig, manifest: Manifest): string[] {
  const diffIds = config.rootfs.diff_ids.map(hexOf);
  const layers = manifest.layers.map((layer) => hexOf(layer.digest));
  if (layers.length > archiveBounds.layers) throw new ParityError("ARCHIVE_TOO_LARGE", `The image has ${layers.length} layers.`);
  if (layers.length === 0) throw layerMismatch("the image has no layer");
  if (diffIds.join() !== layers.join()) throw layerMismatch("the config's diff_ids are not the manifest's layers");
  return diffIds;
}

/** Every entry must be one that the documents name, with the size that they name. */
function checkEntries(entries: ReadonlyMap<string, Entry>, named: { manifestDigest: string; manifest: Manifest }): void {
  const expected = new Set(["oci-layout", "index.json", "manifest.json", blobPath(named.manifestDigest)]);
  for (const { digest, size } of [named.manifest.config, ...named.manifest.layers]) {
    const name = blobPath(hexOf(digest));
    const entry = entries.get(name);
    if (!entry) throw layerMismatch(`${name} is missing`);
    if (entry.bytes !== size)
      throw new ParityError("ARCHIVE_BLOB_MISMATCH", `The archive's ${name} has ${entry.bytes} bytes; its descriptor says ${size}.`);
    expected.add(name);
  }
  for (const name of entries.keys()) if (!expected.has(name)) throw malformed(`nothing names its entry ${name}`);
}

function hexOf(digest: string): string {
  return digest.slice("sha256:".length);
}

function malformed(what: string): ParityError {
  return new ParityError("ARCHIVE_MALFORMED", `The archive is malformed: ${what}.`);
}

function truncated(what: string): ParityError {
  return new ParityError("ARCHIVE_TRUNCATED", `The archive is truncated: ${what}.`);
}

function layerMismatch(what: string): ParityError {
  return new ParityError("ARCHIVE_LAYER_MISMATCH", `The archive's layers do not fit: ${what}.`);
}

function notOneImage(what: string): ParityError {
  return new ParityError("ARCHIVE_NOT_ONE_IMAGE", `The archive does not hold exactly one image: ${what}.`);
}

function tagged(what: string): ParityError {
  return new ParityError("ARCHIVE_TAGGED", `The archive is tagged: ${what}.`);
}
