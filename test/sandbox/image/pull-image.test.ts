import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import type { RequestListener } from "node:http";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import {
  connectEngine,
  loadImage,
  parseImageReference,
  pullImage,
  registrySources,
  removeImage,
  verifyArchive,
} from "@parity-protocol/sandbox";
import type { JobSpec } from "@parity-protocol/sdk";
import { fetchInto, folderStore } from "@parity-protocol/store";
import { guardedFetch } from "../../../runner/execution/guarded-fetch.ts";
import { Cleanup, filesUnder, withCode } from "../../support/blobs.ts";
import { makeBusyboxFolder } from "../../support/busybox.ts";
import { pushImage, remoteImage, sha256Of, startRegistry } from "../../support/registry.ts";

describe("pulling an image from a registry", () => {
  const cleanup = new Cleanup();
  afterEach(() => cleanup.run());

  const layerOf = (folder: string): Buffer =>
    execFileSync("tar", ["--sort=name", "--mtime=@0", "--owner=0", "--group=0", "--numeric-owner", "-C", folder, "-cf", "-", "."], {
      maxBuffer: 64 * 1024 ** 2,
    });
  const busyboxLayer = () => layerOf(makeBusyboxFolder(join(cleanup.directory(), "root")));

  it("gives the same archive whatever the registry's compression, and the engine takes it", async () => {
    const host = await startRegistry(cleanup);
    const layer = busyboxLayer();
    const pulled = [];
    for (const compression of ["gzip", "zstd", "none"] as const) {
      const image = remoteImage([layer], compression);
      await pushImage(host, "team/tool", image);
      const outputDirectory = cleanup.directory();
      pulled.push(await pullImage({ image: { repository: `${host}/team/tool`, manifest: sha256Of(image.manifest) }, outputDirectory }));
      assert.equal((await filesUnder(outputDirectory)).length, 1);
    }
    const [first] = pulled;
    assert.ok(first);
    assert.deepEqual(new Set(pulled.map(({ sha256 }) => sha256)).size, 1);
    const engine = await connectEngine({ dockerHost: process.env.DOCKER_HOST });
    const loaded = await loadImage(engine, await verifyArchive(first.path, first));
    if (loaded.isNew) await removeImage(engine, loaded.imageId);
  });

  it("is a source of the archive that a job names, and of nothing else", async () => {
    const host = await startRegistry(cleanup);
    const image = remoteImage([busyboxLayer()]);
    await pushImage(host, "tool/x", image);
    const registry = { repository: `${host}/tool/x`, manifest: sha256Of(image.manifest) };
    const { sha256, bytes, platform } = await pullImage({ image: registry, outputDirectory: cleanup.directory() });
    const directory = cleanup.directory();
    const named: JobSpec["image"] = { archive: sha256, bytes, platform, registry };
    const folder = folderStore(cleanup.directory());
    await fetchInto(folder, [{ sha256, bytes }], { sources: registrySources(named, { directory }) });
    assert.deepEqual(await folder.missing([sha256]), []);
    assert.deepEqual(await filesUnder(directory), []);
    const [other] = registrySources({ ...named, archive: "0".repeat(64) }, { directory });
    await assert.rejects(async () => other?.open("0".repeat(64)), withCode("BLOB_CORRUPT"));
    await assert.rejects(async () => other?.open("1".repeat(64)), withCode("BLOB_NOT_FOUND"));
    assert.deepEqual(await filesUnder(directory), []);
    assert.deepEqual(registrySources({ archive: sha256, bytes, platform }, { directory }), []);
  });

  it("asks no host of a private network on a stranger's word", async () => {
    const image = { repository: "127.0.0.1:5000/tool", manifest: "0".repeat(64) };
    await assert.rejects(pullImage({ image, outputDirectory: cleanup.directory(), fetch: guardedFetch }), withCode("LOCATION_REFUSED"));
  });

  for (const text of [
    "alpine",
    "alpine:3.20",
    "registry.example/team/tool:v1",
    `registry.example@sha256:${"0".repeat(64)}`,
    `registry.example/tool@sha256:${"0".repeat(63)}`,
    `registry.example/../admin@sha256:${"0".repeat(64)}`,
    `../x/y@sha256:${"0".repeat(64)}`,
  ])
    it(`does not take ${text.slice(0, 40)} for the name of an image`, () => {
      assert.throws(() => parseImageReference(text), withCode("IMAGE_REFERENCE_INVALID"));
    });

  it("reads a host, a repository and a digest", () => {
    const reference = parseImageReference(`registry.example:5000/team/tool@sha256:${"a".repeat(64)}`);
    assert.deepEqual(reference, { repository: "registry.example:5000/team/tool", manifest: "a".repeat(64) });
  });

  describe("given a registry that is up to something", () => {
    const good = remoteImage([Buffer.alloc(1024)]);

    /** Serves an image, as far as `change` does not answer itself. */
    async function registry(change: RequestListener, { manifest, blobs } = good) {
      const url = await cleanup.serve((request, response) => {
        change(request, response);
        if (response.writableEnded) return;
        const [, kind, digest = ""] = /^\/v2\/x\/(manifests|blobs)\/sha256:([0-9a-f]{64})$/.exec(request.url ?? "") ?? [];
        const bytes = kind === "manifests" ? manifest : blobs.get(digest);
        response.writeHead(bytes ? 200 : 404).end(bytes);
      });
      const outputDirectory = cleanup.directory();
      const image = { repository: `${new URL(url).host}/x`, manifest: sha256Of(manifest) };
      return {
        url,
        outputDirectory,
        pull: (maxBytes?: number) => pullImage({ image, outputDirectory, ...(maxBytes === undefined ? {} : { maxBytes }) }),
      };
    }

    const refusal = async (
      { pull, outputDirectory }: Awaited<ReturnType<typeof registry>>,
      code: Parameters<typeof withCode>[0],
      maxBytes?: number,
    ) => {
      await assert.rejects(pull(maxBytes), withCode(code));
      assert.deepEqual(await filesUnder(outputDirectory), []);
    };

    it("refuses another manifest than the one that was named", async () => {
      await refusal(await registry(({ url }, response) => url?.includes("manifests") && response.end("{}")), "ARCHIVE_BLOB_MISMATCH");
    });

    it("refuses a layer of other bytes", async () => {
      const lie = gzipSync(Buffer.alloc(1024, 1));
      await refusal(
        await registry(({ url }, response) => [...good.blobs.keys()].slice(1).some((name) => url?.includes(name)) && response.end(lie)),
        "ARCHIVE_BLOB_MISMATCH",
      );
    });

    it("refuses an index of several platforms", async () => {
      const index = Buffer.from(JSON.stringify({ schemaVersion: 2, manifests: [] }));
      await refusal(await registry(() => undefined, { manifest: index, blobs: new Map() }), "ARCHIVE_MALFORMED");
    });

    it("refuses layers that the config does not name", async () => {
      const other = remoteImage([Buffer.alloc(2048)]);
      const manifest = JSON.parse(good.manifest.toString());
      manifest.layers = JSON.parse(other.manifest.toString()).layers;
      const mixed = { manifest: Buffer.from(JSON.stringify(manifest)), blobs: new Map([...good.blobs, ...other.blobs]) };
      await refusal(await registry(() => undefined, mixed), "ARCHIVE_LAYER_MISMATCH");
    });

    it("stops a layer that unpacks to very much", async () => {
      const bomb = remoteImage([Buffer.alloc(64 * 1024 ** 2)]);
      await refusal(await registry(() => undefined, bomb), "ARCHIVE_TOO_LARGE", 1024 ** 2);
    });

    it("says what the registry does not have, and which wants an account", async () => {
      await refusal(await registry((_, response) => response.writeHead(404).end()), "IMAGE_NOT_FOUND");
      await refusal(await registry((_, response) => response.writeHead(401, { "www-authenticate": "Basic" }).end()), "REGISTRY_FAILED");
      await refusal(await registry((_, response) => response.writeHead(500).end()), "REGISTRY_FAILED");
    });

    it("gets the token that anybody gets, and gives it to no other host", async () => {
      const seen: string[] = [];
      const elsewhere = await cleanup.serve(({ url = "", headers }, response) => {
        seen.push(`elsewhere ${headers.authorization}`);
        response.end(good.blobs.get(url.slice(1)));
      });
      const served = await registry(({ url = "", headers }, response) => {
        if (url.startsWith("/token"))
          return void response.end(JSON.stringify({ token: `for-${new URL(url, "http://x").searchParams.get("scope")}` }));
        seen.push(`own ${headers.authorization}`);
        const challenge = `Bearer realm="${served.url}/token",service="registry",scope="pull"`;
        if (headers.authorization !== "Bearer for-pull") response.writeHead(401, { "www-authenticate": challenge }).end();
        else if (url.includes("blobs")) response.writeHead(307, { location: `${elsewhere}/${url.split(":")[1]}` }).end();
      });
      await served.pull();
      assert.deepEqual(new Set(seen), new Set(["own undefined", "own Bearer for-pull", "elsewhere undefined"]));
    });

    it("follows a few redirects and no more", async () => {
      await refusal(await registry(({ url }, response) => response.writeHead(307, { location: url }).end()), "REGISTRY_FAILED");
    });
  });
});
