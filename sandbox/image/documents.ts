import { encodeCanonicalJson, type JobSpec } from "@parity-protocol/sdk";
import { z } from "zod";

export type Platform = JobSpec["image"]["platform"];

const digest = z.string().regex(/^sha256:[0-9a-f]{64}$/, "must be sha256: and 64 hexadecimal digits");
const descriptor = z.object({
  mediaType: z.string(),
  digest,
  size: z.int().nonnegative(),
  annotations: z.record(z.string(), z.string()).optional(),
});

const manifestType = "application/vnd.oci.image.manifest.v1+json";
const configType = "application/vnd.oci.image.config.v1+json";
const layerType = "application/vnd.oci.image.layer.v1.tar";

/** index.json: the list of images in an OCI layout. More than one, or one that is itself an index, is refused by its reader. */
export const indexSchema = z.object({ schemaVersion: z.literal(2), manifests: z.array(descriptor) });

/** manifest.json: the list of images in a docker-archive. */
export const dockerManifestSchema = z.array(
  z.object({ Config: z.string(), RepoTags: z.array(z.string()).nullish(), Layers: z.array(z.string()) }),
);

/** The OCI manifest: one config and its uncompressed layers. */
export const manifestSchema = z.object({
  schemaVersion: z.literal(2),
  mediaType: z.literal(manifestType).optional(),
  config: descriptor.extend({ mediaType: z.literal(configType) }),
  layers: z.array(descriptor.extend({ mediaType: z.literal(layerType) })),
});

const emptyObject = z.record(z.string(), z.unknown()).nullish();

/** The image config: what a container gets besides the layers. */
export const configSchema = z.object({
  architecture: z.string(),
  os: z.string(),
  variant: z.string().optional(),
  config: z
    .object({
      Env: z.array(z.string()).nullish(),
      Entrypoint: z.array(z.string()).nullish(),
      Cmd: z.array(z.string()).nullish(),
      WorkingDir: z.string().nullish(),
      Volumes: emptyObject,
      Healthcheck: z.unknown().optional(),
      OnBuild: z.array(z.string()).nullish(),
    })
    .nullish(),
  rootfs: z.object({ type: z.literal("layers"), diff_ids: z.array(digest) }),
});

export type ImageConfig = z.infer<typeof configSchema>;

/** A layer to pack: the sha256 and size of an uncompressed tar. */
export interface Layer {
  sha256: string;
  bytes: number;
}

/** Returns the path of a blob in an OCI layout. */
export function blobPath(sha256: string): string {
  return `blobs/sha256/${sha256}`;
}

/** What of an image a job can see; everything else of a config would differ between two builds of the same image. */
export interface ImageContents {
  platform: Platform;
  layers: readonly Layer[];
  settings?: { env?: readonly string[]; entrypoint?: readonly string[]; command?: readonly string[]; workingDirectory?: string };
}

/** Encodes the config of an image: only what a job can see, and no time. */
export function encodeConfig(contents: ImageContents): Uint8Array {
  const [os, architecture] = contents.platform.split("/");
  const { env, entrypoint, command, workingDirectory } = contents.settings ?? {};
  const config = {
    ...(env?.length ? { Env: env } : {}),
    ...(entrypoint?.length ? { Entrypoint: entrypoint } : {}),
    ...(command?.length ? { Cmd: command } : {}),
    ...(workingDirectory ? { WorkingDir: workingDirectory } : {}),
  };
  const rootfs = { type: "layers", diff_ids: contents.layers.map((layer) => `sha256:${layer.sha256}`) };
  return encodeCanonicalJson({ architecture, config, created: "1970-01-01T00:00:00Z", os, rootfs });
}

/** Encodes the OCI manifest of an image. */
export function encodeManifest(config: Layer, layers: readonly Layer[]): Uint8Array {
  const describe = (mediaType: string, blob: Layer) => ({ mediaType, digest: `sha256:${blob.sha256}`, size: blob.bytes });
  return encodeCanonicalJson({
    schemaVersion: 2,
    mediaType: manifestType,
    config: describe(configType, config),
    layers: layers.map((layer) => describe(layerType, layer)),
  });
}

/** Encodes index.json, which names the one manifest. */
export function encodeIndex(manifest: Layer): Uint8Array {
  return encodeCanonicalJson({
    schemaVersion: 2,
    manifests: [{ mediaType: manifestType, digest: `sha256:${manifest.sha256}`, size: manifest.bytes }],
  });
}

/** Encodes manifest.json, which classic engines read. */
export function encodeDockerManifest(config: Layer, layers: readonly Layer[]): Uint8Array {
  return encodeCanonicalJson([{ Config: blobPath(config.sha256), RepoTags: null, Layers: layers.map((layer) => blobPath(layer.sha256)) }]);
}

/** The content of oci-layout. */
export const layoutDocument = encodeCanonicalJson({ imageLayoutVersion: "1.0.0" });

export { manifestType };
