import { createHash, randomUUID } from "node:crypto";
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

/** A layer to pack: its name, its size, and its bytes, which must be the same whenever they are asked for. */
export interface LayerSource extends Layer {
  open: () => AsyncIterable<Uint8Array> | Iterable<Uint8Array>;
}

/** An image to pack. */
export type ImageSource = ImageContents & { layers: readonly LayerSource[] };

/**
 * Writes an image as the reproducible hybrid of docker-archive and OCI layout. Same contents, same bytes.
 * @throws IMAGE_SOURCE_INVALID when a layer's bytes are not what they were when it was described; ARCHIVE_TOO_LARGE
 */
export async function writeArchive(image: ImageSource, outputDirectory: string): Promise<PackedArchive> {
  refuseLarge(image.layers);
  const written = await writeHashed(writeTar(archiveItems(image)), outputDirectory);
  return { ...written, platform: image.platform };
}

/** Lists an archive's entries, sorted by their names' bytes. */
export function archiveItems(image: ImageSource): TarItem[] {
  const config = encodeConfig(image);
  const configBlob = describe(config);
  const manifest = encodeManifest(configBlob, image.layers);
  const items = new Map<string, TarItem>();
  const add = (name: string, bytes: number, content: NonNullable<TarItem["content"]>) =>
    items.set(name, { name, type: "file", mode: 0o644, bytes, content });
  const addDocument = (name: string, document: Uint8Array) => add(name, document.length, [document]);
  addDocument("oci-layout", layoutDocument);
  addDocument("index.json", encodeIndex(describe(manifest)));
  addDocument("manifest.json", encodeDockerManifest(configBlob, image.layers));
  addDocument(blobPath(configBlob.sha256), config);
  addDocument(blobPath(describe(manifest).sha256), manifest);
  for (const layer of image.layers) add(blobPath(layer.sha256), layer.bytes, checked(layer));
  return [...items.values()].sort((a, b) => byteOrder(a.name, b.name));
}

/** Describes a layer whose tar can be made again and again. */
export async function describeLayer(open: LayerSource["open"]): Promise<LayerSource> {
  const hash = createHash("sha256");
  let bytes = 0;
  for await (const chunk of open()) {
    hash.update(chunk);
    bytes += chunk.length;
  }
  return { sha256: hash.digest("hex"), bytes, open };
}

/** Reads a layer when its turn comes; one that changed since it was described would make an archive that everybody refuses. */
async function* checked(layer: LayerSource): AsyncGenerator<Uint8Array> {
  const hash = createHash("sha256");
  for await (const chunk of layer.open()) {
    hash.update(chunk);
    yield chunk;
  }
  if (hash.digest("hex") !== layer.sha256)
    throw new ParityError("IMAGE_SOURCE_INVALID", "The image's files changed while they were packed.");
}

/** Writes a stream to `<directory>/<sha256>`, durably unless told; leaves nothing behind when it fails. */
export async function writeHashed(
  source: AsyncIterable<Uint8Array>,
  directory: string,
  { isDurable = true } = {},
): Promise<Layer & { path: string }> {
  await mkdir(directory, { recursive: true });
  const partial = join(directory, `.partial-${randomUUID()}`);
  try {
    const { sha256, bytes } = await writeWhole(source, partial, isDurable);
    const path = join(directory, sha256);
    await rename(partial, path);
    return { path, sha256, bytes };
  } finally {
    await rm(partial, { force: true });
  }
}

async function writeWhole(source: AsyncIterable<Uint8Array>, path: string, isDurable: boolean): Promise<Layer> {
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
    if (isDurable) await file.sync();
  } finally {
    await file.close();
  }
  return { sha256: hash.digest("hex"), bytes };
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
