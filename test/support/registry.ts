import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync, zstdCompressSync } from "node:zlib";
import type { Cleanup } from "./blobs.ts";
import { ensurePrograms } from "./debian-packages.ts";
import { freePort } from "./free-port.ts";

export const sha256Of = (bytes: Uint8Array | string): string => createHash("sha256").update(bytes).digest("hex");

/** Starts Debian's registry on an empty directory; gives its host and port. */
export async function startRegistry(cleanup: Cleanup): Promise<string> {
  ensurePrograms({ "docker-registry": "docker-registry" });
  const directory = cleanup.directory();
  const host = `127.0.0.1:${await freePort()}`;
  const config = join(directory, "config.yml");
  writeFileSync(
    config,
    `version: 0.1\nlog: {level: error, accesslog: {disabled: true}}\nstorage: {filesystem: {rootdirectory: ${directory}/data}}\nhttp: {addr: "${host}"}\n`,
  );
  const child = spawn("docker-registry", ["serve", config], { stdio: "ignore" });
  const ended = new Promise((resolve) => child.once("exit", resolve));
  cleanup.later(async () => {
    child.kill("SIGKILL");
    await ended;
  });
  while (child.exitCode === null && !(await fetch(`http://${host}/v2/`).catch(() => undefined)))
    await new Promise((resolve) => setTimeout(resolve, 50));
  return host;
}

/** The documents and blobs of an image, as registries keep them. */
export interface RemoteImage {
  manifest: Buffer;
  blobs: Map<string, Buffer>;
}

/** Makes an image of uncompressed layers, each compressed as told. */
export function remoteImage(layers: readonly Buffer[], compression: "gzip" | "zstd" | "none" = "gzip"): RemoteImage {
  const compress = { gzip: gzipSync, zstd: zstdCompressSync, none: (layer: Buffer) => layer }[compression];
  const config = Buffer.from(
    JSON.stringify({
      architecture: "amd64",
      os: "linux",
      created: "2026-01-02T03:04:05Z",
      config: { Env: ["PATH=/bin"], WorkingDir: "/", Labels: { built: "today" } },
      rootfs: { type: "layers", diff_ids: layers.map((layer) => `sha256:${sha256Of(layer)}`) },
      history: [{ created_by: "somebody" }],
    }),
  );
  const packed = layers.map((layer) => compress(layer));
  const describe = (bytes: Buffer, mediaType: string) => ({ mediaType, digest: `sha256:${sha256Of(bytes)}`, size: bytes.length });
  const suffix = { gzip: "+gzip", zstd: "+zstd", none: "" }[compression];
  const manifest = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: "application/vnd.oci.image.manifest.v1+json",
      config: describe(config, "application/vnd.oci.image.config.v1+json"),
      layers: packed.map((layer) => describe(layer, `application/vnd.oci.image.layer.v1.tar${suffix}`)),
    }),
  );
  return { manifest, blobs: new Map([config, ...packed].map((bytes) => [sha256Of(bytes), bytes])) };
}

/** Pushes an image as every client does: its blobs, then its manifest. */
export async function pushImage(host: string, repository: string, { manifest, blobs }: RemoteImage): Promise<void> {
  for (const [sha256, bytes] of blobs) {
    const begun = await fetch(`http://${host}/v2/${repository}/blobs/uploads/`, { method: "POST" });
    const location = new URL(begun.headers.get("location") ?? "", `http://${host}`);
    location.searchParams.set("digest", `sha256:${sha256}`);
    await requireDone(
      fetch(location, { method: "PUT", body: bytes as Uint8Array<ArrayBuffer>, headers: { "content-type": "application/octet-stream" } }),
    );
  }
  const headers = { "content-type": "application/vnd.oci.image.manifest.v1+json" };
  const body = manifest as Uint8Array<ArrayBuffer>;
  await requireDone(fetch(`http://${host}/v2/${repository}/manifests/sha256:${sha256Of(manifest)}`, { method: "PUT", body, headers }));
}

async function requireDone(answering: Promise<Response>): Promise<void> {
  const answer = await answering;
  if (answer.status !== 201) throw new Error(`the registry answered ${answer.status}: ${await answer.text()}`);
}
