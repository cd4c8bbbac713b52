import { createReadStream } from "node:fs";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { type BlobSource, type JobSpec, ParityError } from "@parity-protocol/sdk";
import { streamOfFile } from "@parity-protocol/sdk/node";
import { z } from "zod";
import { archiveBounds } from "./bounds.ts";
import { configSchema } from "./documents.ts";
import { platformOf, settingsOf } from "./image-settings.ts";
import { Registry, type RegistryAccess, type RegistryImage } from "./registry.ts";
import { uncompressed } from "./uncompressed.ts";
import { type LayerSource, type PackedArchive, writeArchive, writeHashed } from "./write-archive.ts";

const digest = z.string().regex(/^sha256:[0-9a-f]{64}$/);
const blobSchema = z.object({ digest, size: z.int().nonnegative().max(archiveBounds.archiveBytes) });
/** One image, of either of the two kinds that registries keep; an index of several platforms is not one. */
const remoteManifestSchema = z.object({
  schemaVersion: z.literal(2),
  config: blobSchema,
  layers: z.array(blobSchema).max(archiveBounds.layers),
});

/** Which image to pull, and where to put the archive. */
export interface PullRequest extends RegistryAccess {
  image: RegistryImage;
  outputDirectory: string;
  /** What all layers may have together, uncompressed; 16 GiB unless told. */
  maxBytes?: number;
}

/**
 * Pulls an image from a registry by its manifest's digest and packs it as any other: the same image gives the same archive, on whatever
 * machine. Everything that the registry sends is verified and bounded.
 * @throws REGISTRY_FAILED, IMAGE_NOT_FOUND, ARCHIVE_BLOB_MISMATCH, ARCHIVE_LAYER_MISMATCH, ARCHIVE_MALFORMED, ARCHIVE_TOO_LARGE, PLATFORM_UNSUPPORTED
 */
export async function pullImage(request: PullRequest): Promise<PackedArchive> {
  const { image, outputDirectory, maxBytes = archiveBounds.archiveBytes } = request;
  const registry = new Registry(image, request);
  const manifest = parse(remoteManifestSchema, await registry.readManifest(), "manifest");
  const config = parse(configSchema, await registry.readDocument(hexOf(manifest.config.digest)), "config");
  const platform = platformOf(config);
  const diffIds = config.rootfs.diff_ids.map(hexOf);
  if (diffIds.length !== manifest.layers.length)
    throw new ParityError("ARCHIVE_LAYER_MISMATCH", `The image has ${manifest.layers.length} layers, its config names ${diffIds.length}.`);
  await mkdir(outputDirectory, { recursive: true });
  const directory = await mkdtemp(join(outputDirectory, ".pulled-"));
  try {
    const layers: LayerSource[] = [];
    const budget = { bytes: maxBytes };
    for (const [i, layer] of manifest.layers.entries()) {
      const chunks = bounded(uncompressed(registry.openBlob(hexOf(layer.digest), layer.size)), budget);
      layers.push(await pulledLayer(chunks, { directory, diffId: diffIds[i] ?? "" }));
    }
    return await writeArchive({ platform, layers, settings: settingsOf(config) }, outputDirectory);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/** A layer that unpacks to very much is stopped on the way. */
async function* bounded(chunks: AsyncIterable<Uint8Array>, budget: { bytes: number }): AsyncGenerator<Uint8Array> {
  for await (const chunk of chunks) {
    budget.bytes -= chunk.length;
    if (budget.bytes < 0) throw new ParityError("ARCHIVE_TOO_LARGE", "The image's layers have more bytes than are accepted.");
    yield chunk;
  }
}

async function pulledLayer(
  chunks: AsyncIterable<Uint8Array>,
  { directory, diffId }: { directory: string; diffId: string },
): Promise<LayerSource> {
  const { path, sha256, bytes } = await writeHashed(chunks, directory);
  if (sha256 !== diffId)
    throw new ParityError("ARCHIVE_LAYER_MISMATCH", `A layer hashes to ${sha256}; the image's config names ${diffId}.`);
  return { sha256, bytes, open: () => createReadStream(path, { highWaterMark: 1024 * 1024 }) };
}

function hexOf(text: string): string {
  return text.replace(/^sha256:/, "");
}

function parse<T>(schema: z.ZodType<T>, bytes: Uint8Array, what: string): T {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (cause) {
    throw new ParityError("ARCHIVE_MALFORMED", `The registry's ${what} is not JSON.`, { cause });
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new ParityError("ARCHIVE_MALFORMED", `The registry's ${what} is not that of one image: ${parsed.error.issues[0]?.message}.`, {
    hint: "Name the manifest of one platform, not an index of several.",
  });
}

/** Where to pull images, and where to put them meanwhile. */
export interface RegistrySourceOptions extends Pick<RegistryAccess, "fetch"> {
  directory: string;
}

/**
 * Makes a source of the archive of an image that its job says how to pull: it is assembled here, and is what the job names or nothing.
 * Gives no source for an image without a registry.
 */
export function registrySources(image: JobSpec["image"], { directory, fetch: send }: RegistrySourceOptions): BlobSource[] {
  const { registry, archive, bytes } = image;
  if (!registry) return [];
  const label = `${registry.repository}@sha256:${registry.manifest}`;
  const open: BlobSource["open"] = async (sha256, { signal } = {}) => {
    if (sha256 !== archive) throw new ParityError("BLOB_NOT_FOUND", `${label} is the source of one image, not of blob ${sha256}.`);
    await mkdir(directory, { recursive: true });
    const outputDirectory = await mkdtemp(join(directory, "pull-"));
    const forget = () => rm(outputDirectory, { recursive: true, force: true });
    try {
      const access = { ...(send ? { fetch: send } : {}), ...(signal ? { signal } : {}) };
      const pulled = await pullImage({ image: registry, outputDirectory, maxBytes: bytes, ...access });
      if (pulled.sha256 !== archive)
        throw new ParityError("BLOB_CORRUPT", `${label} packs to archive ${pulled.sha256}; the job names ${archive}.`);
      return forgetting(streamOfFile(pulled.path), forget);
    } catch (error) {
      await forget();
      throw error;
    }
  };
  return [{ label, open, missing: async (names) => names.filter((name) => name !== archive) }];
}

/** Removes what a stream came from when it has ended, however. */
function forgetting(stream: ReadableStream<Uint8Array>, forget: () => Promise<void>): ReadableStream<Uint8Array> {
  const reader = stream.getReader();
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const next = await reader.read().catch(async (error: unknown) => {
          await forget();
          throw error;
        });
        if (!next.done) return controller.enqueue(next.value);
        await forget();
        controller.close();
      },
      async cancel(reason) {
        await reader.cancel(reason);
        await forget();
      },
    },
    { highWaterMark: 0 },
  );
}
