import { createReadStream } from "node:fs";
import { mkdir, mkdtemp, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { ParityError } from "@parity-protocol/sdk";
import { callEngine, callStream } from "../engine/call.ts";
import type { Engine } from "../engine/connect.ts";
import { readTar } from "../tar/read-tar.ts";
import { archiveBounds } from "./bounds.ts";
import { configSchema, dockerManifestSchema, type ImageConfig, type Layer } from "./documents.ts";
import { platformOf, settingsOf } from "./image-settings.ts";
import { uncompressed } from "./uncompressed.ts";
import { type LayerSource, type PackedArchive, writeArchive, writeHashed } from "./write-archive.ts";

/** An image that the engine has, by any name that the engine knows it by, and where to put the archive. */
export interface EngineImageSource {
  name: string;
  outputDirectory: string;
}

/** Saving reads every layer from the engine's disk: 16 GiB at 10 MB/s. */
const saveTimeoutMs = 30 * 60_000;

/**
 * Packs an image of the engine. Layers stay as they are; of the config, only what a job can see is kept, so that neither tags nor build times
 * change the archive.
 * @throws IMAGE_NOT_FOUND, ARCHIVE_TOO_LARGE, PLATFORM_UNSUPPORTED, ENGINE_FAILED
 */
export async function packEngineImage(engine: Engine, source: EngineImageSource): Promise<PackedArchive> {
  const codes = { 404: "IMAGE_NOT_FOUND" } as const;
  const { Id: id } = await callEngine("inspect image", () => engine.docker.getImage(source.name).inspect(), { codes });
  await mkdir(source.outputDirectory, { recursive: true });
  const directory = await mkdtemp(join(source.outputDirectory, ".saved-"));
  try {
    // By id and not by name: a saved name would be a tag.
    const saved = await callStream("save image", () => engine.docker.getImage(id).get(), { timeoutMs: saveTimeoutMs, codes });
    const files = await spool(saved, directory);
    const config = await readConfig(files);
    const layers = config.rootfs.diff_ids.map((diffId) => layerOf(files, diffId));
    return await writeArchive({ platform: platformOf(config), layers, settings: settingsOf(config) }, source.outputDirectory);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

interface SavedFile extends Layer {
  path: string;
}

/** The files of a saved image, by their name in it and by the sha256 of their uncompressed bytes. */
interface SavedFiles {
  byName: Map<string, SavedFile>;
  bySha256: Map<string, SavedFile>;
}

/** Formats of `docker save` differ by engine; the digests of its files do not, so layers are found by those. */
async function spool(saved: AsyncIterable<Uint8Array>, directory: string): Promise<SavedFiles> {
  const files: SavedFiles = { byName: new Map(), bySha256: new Map() };
  const fault = (_: string, what: string) => new ParityError("ENGINE_FAILED", `The engine's saved image cannot be read: ${what}.`);
  for await (const entry of readTar(saved, fault)) {
    if (entry.type !== "file") continue;
    // Read once more in a moment and removed: it need not outlive a power cut.
    const file = await writeHashed(uncompressed(entry.content()), directory, { isDurable: false });
    files.byName.set(entry.name.toString("utf8"), file);
    files.bySha256.set(file.sha256, file);
    if (files.byName.size > 8 * archiveBounds.layers) throw new ParityError("ARCHIVE_TOO_LARGE", "The saved image has too many files.");
  }
  return files;
}

async function readConfig(files: SavedFiles): Promise<ImageConfig> {
  const images = dockerManifestSchema.safeParse(await readDocument(files.byName.get("manifest.json")));
  const [image, ...others] = images.data ?? [];
  if (!image || others.length > 0) throw new ParityError("ENGINE_FAILED", "The engine's saved image does not hold exactly one image.");
  const config = configSchema.safeParse(await readDocument(files.byName.get(image.Config)));
  if (!config.data) throw new ParityError("ENGINE_FAILED", `The engine's saved image has an unusual config: ${config.error?.message}`);
  return config.data;
}

async function readDocument(file: SavedFile | undefined): Promise<unknown> {
  if (!file || file.bytes > archiveBounds.documentBytes) return undefined;
  return JSON.parse(await readFile(file.path, "utf8"));
}

function layerOf(files: SavedFiles, diffId: string): LayerSource {
  const file = files.bySha256.get(diffId.replace(/^sha256:/, ""));
  if (!file) throw new ParityError("ENGINE_FAILED", `The engine's saved image lacks its layer ${diffId}.`);
  const { sha256, bytes, path } = file;
  return { sha256, bytes, open: () => createReadStream(path, { highWaterMark: 1024 * 1024 }) };
}
