import { createHash, randomUUID } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdir, open, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { byteOrder, ParityError, sha256Hex } from "@parity-protocol/sdk";
import { type TarItem, writeTar } from "../tar/write-tar.ts";
import { archiveBounds } from "./bounds.ts";
import {
  blobPath,
  encodeConfig,
  encodeDockerManifest,
  encodeIndex,
  encodeManifest,
  type ImageContents,
  type Layer,
  layoutDocument,
  type Platform,
} from "./documents.ts";

/** An image archive on disk, named by the sha256 of its bytes. */
export interface PackedArchive {
  path: string;
  sha256: string;
  bytes: number;
  platform: Platform;
}

/** A layer whose tar lies in a file. */
export interface LayerFile extends Layer {
  path: string;
}

/** Writes an image as the reproducible hybrid of docker-archive and OCI layout. Same contents, same bytes. */
export async function writeArchive(
  contents: ImageContents & { layers: readonly LayerFile[] },
  outputDirectory: string,
): Promise<PackedArchive> {
  refuseLarge(contents.layers);
  const written = await writeHashed(writeTar(archiveItems(contents)), outputDirectory);
  return { ...written, platform: contents.platform };
}

/** Lists an archive's entries, sorted by their names' bytes. */
export function archiveItems(
  contents: ImageContents & { layers: readonly (Layer & { path?: string; content?: Uint8Array })[] },
): TarItem[] {
  const config = encodeConfig(contents);
  const configBlob = describe(config);
  const manifest = encodeManifest(configBlob, contents.layers);
  const items = new Map<string, TarItem>();
  const add = (name: string, content: Uint8Array) =>
    items.set(name, { name, type: "file", mode: 0o644, bytes: content.length, content: [content] });
  add("oci-layout", layoutDocument);
  add("index.json", encodeIndex(describe(manifest)));
  add("manifest.json", encodeDockerManifest(configBlob, contents.layers));
  add(blobPath(configBlob.sha256), config);
  add(blobPath(describe(manifest).sha256), manifest);
  for (const { sha256, bytes, path, content } of contents.layers) {
    const name = blobPath(sha256);
    items.set(name, { name, type: "file", mode: 0o644, bytes, content: content ? [content] : readLater(path ?? "") });
  }
  return [...items.values()].sort((a, b) => byteOrder(a.name, b.name));
}

/** Writes a stream to `<directory>/<sha256>`, durably; leaves nothing behind when it fails. */
export async function writeHashed(
  source: AsyncIterable<Uint8Array>,
  directory: string,
): Promise<{ path: string; sha256: string; bytes: number }> {
  await mkdir(directory, { recursive: true });
  const partial = join(directory, `.partial-${randomUUID()}`);
  try {
    const { sha256, bytes } = await writeDurably(source, partial);
    const path = join(directory, sha256);
    await rename(partial, path);
    return { path, sha256, bytes };
  } finally {
    await rm(partial, { force: true });
  }
}

async function writeDurably(source: AsyncIterable<Uint8Array>, path: string): Promise<Layer> {
  const file = await open(path, "wx", 0o644);
  const hash = createHash("sha256");
  let bytes = 0;
  try {
    for await (const chunk of source) {
      hash.update(chunk);
      bytes += chunk.length;
      if (bytes > archiveBounds.archiveBytes) throw tooLarge("an archive or layer", bytes);
      await file.writeFile(chunk);
    }
    await file.sync();
  } finally {
    await file.close();
  }
  return { sha256: hash.digest("hex"), bytes };
}

/** Opens the file only when its turn comes. */
async function* readLater(path: string): AsyncGenerator<Uint8Array> {
  yield* createReadStream(path, { highWaterMark: 1024 * 1024 });
}

function describe(bytes: Uint8Array): Layer {
  return { sha256: sha256Hex(bytes), bytes: bytes.length };
}

function refuseLarge(layers: readonly Layer[]): void {
  if (layers.length > archiveBounds.layers)
    throw new ParityError("ARCHIVE_TOO_LARGE", `The image has ${layers.length} layers; ${archiveBounds.layers} are allowed.`);
  for (const layer of layers) if (layer.bytes > archiveBounds.layerBytes) throw tooLarge("a layer", layer.bytes);
}

function tooLarge(what: string, bytes: number): ParityError {
  return new ParityError("ARCHIVE_TOO_LARGE", `The image is too large: ${what} has at least ${bytes} bytes.`);
}
