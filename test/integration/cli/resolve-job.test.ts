import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { cpSync, existsSync, readdirSync } from "node:fs";
import path from "node:path";
import { connectEngine, type Engine, loadImage, packFolder, removeImage, verifyArchive } from "@parity-protocol/sandbox";
import { isParityError, type JobSpec } from "@parity-protocol/sdk";
import { readJobFile } from "../../../cli/job-file/read-job-file.ts";
import { type ResolvedJob, resolveJob } from "../../../cli/job-file/resolve-job.ts";
import { parity, temporaryFolder } from "../../cli/support/parity.ts";
import { type StaticJob, writeStaticJob } from "../../cli/support/static-job.ts";
import { Cleanup } from "../../support/blobs.ts";
import { pushImage, remoteImage, sha256Of, startRegistry } from "../../support/registry.ts";

describe("resolving a job file", () => {
  const folder = temporaryFolder();
  const work = path.join(folder.path, "work");
  let engine: Engine;
  before(async () => {
    engine = await connectEngine({ dockerHost: process.env.DOCKER_HOST });
  });
  after(() => folder.remove());

  async function resolve(job: StaticJob): Promise<ResolvedJob> {
    const { file, job: read } = await readJobFile(writeStaticJob(folder.path, job));
    const signal = new AbortController().signal;
    return resolveJob({ job: read, baseDirectory: path.dirname(file), workDirectory: work, engine: async () => engine, signal });
  }

  it("gives the same job hash for the same content, wherever it lies", async () => {
    const first = await resolve({});
    const elsewhere = temporaryFolder();
    cpSync(folder.path, elsewhere.path, { recursive: true });
    const { file, job } = await readJobFile(path.join(elsewhere.path, "job.json"));
    const second = await resolveJob({
      job,
      baseDirectory: path.dirname(file),
      workDirectory: path.join(elsewhere.path, "work"),
      engine: async () => engine,
      signal: new AbortController().signal,
    });
    elsewhere.remove();
    assert.equal(first.jobHash, second.jobHash);
    assert.deepEqual(
      first.blobs.map((blob) => blob.sha256),
      second.blobs.map((blob) => blob.sha256),
    );
  });

  it("gives a job that names no determinism level the default of its platform, and the others the level that they name", async () => {
    const byDefault = await resolve({});
    assert.deepEqual([byDefault.spec.determinism.level, byDefault.hasDefaultLevel], ["strict@1", true]);
    for (const level of ["standard@1", "strict@1"]) {
      const chosen = await resolve({ fields: { determinism: { level } } });
      assert.deepEqual([chosen.spec.determinism.level, chosen.hasDefaultLevel], [level, false]);
      assert.equal(chosen.jobHash === byDefault.jobHash, level === "strict@1");
    }
  });

  it("pulls an image that is at a registry, and leaves it there", async () => {
    const cleanup = new Cleanup();
    try {
      const host = await startRegistry(cleanup);
      const image = remoteImage([execFileSync("tar", ["-C", folder.path, "-cf", "-", "in"])]);
      await pushImage(host, "team/tool", image);
      const registry = { repository: `${host}/team/tool`, manifest: sha256Of(image.manifest) };
      const { spec, blobs, archivePath } = await resolve({
        fields: { image: { registry: `${host}/team/tool@sha256:${registry.manifest}` } },
      });
      assert.deepEqual(spec.image.registry, registry);
      assert.ok(blobs.every(({ sha256 }) => sha256 !== spec.image.archive));
      await verifyArchive(archivePath, { sha256: spec.image.archive, bytes: spec.image.bytes, platform: spec.image.platform });
    } finally {
      await cleanup.run();
    }
  });

  it("fills in what the file does not say", async () => {
    const { spec } = await resolve({ fields: { limits: { memoryBytes: "64MiB" } } });
    const expected: Partial<JobSpec> = { version: 1, env: {}, workingDirectory: "/", expect: { exitCode: 0 } };
    assert.partialDeepStrictEqual(spec, expected);
    assert.equal(spec.limits.memoryBytes, 64 * 1_024 ** 2);
    assert.equal(spec.limits.timeoutSeconds, 300);
  });

  it("changes with every field, file and environment variable", async () => {
    const variants: StaticJob[] = [
      {},
      { source: "export const other = 1;\n" },
      { fields: { env: { A: "1" } } },
      { fields: { expect: { exitCode: 3 } } },
      { fields: { limits: { cpus: 2 } } },
    ];
    const hashes: string[] = [];
    for (const variant of variants) hashes.push((await resolve(variant)).jobHash);
    assert.equal(new Set(hashes).size, variants.length);
  });

  it("refuses an environment variable that belongs to the determinism level, as every runner would", async () => {
    const fields = { env: { TZ: "Europe/Paris" }, image: { folder: "nowhere" } }; // found before anything is packed
    await assert.rejects(resolve({ fields }), (error) => isParityError(error, "JOB_ENVIRONMENT_RESERVED"));
  });

  it("needs no engine for a folder or an archive", async () => {
    const { file, job } = await readJobFile(writeStaticJob(folder.path, {}));
    const noEngine = () => Promise.reject(new Error("asked for an engine"));
    await resolveJob({
      job,
      baseDirectory: path.dirname(file),
      workDirectory: work,
      engine: noEngine,
      signal: new AbortController().signal,
    });
  });

  it("takes the archive that `parity pack` wrote, byte for byte", async () => {
    const { spec } = await resolve({});
    const packed = await parity(["pack", "job.json", "--out", "image.tar"], { cwd: folder.path });
    assert.equal(packed.code, 0, packed.stderr);
    assert.equal(packed.records[0]?.sha256, spec.image.archive);
    const again = await resolve({ fields: { image: { archive: "image.tar" } } });
    assert.deepEqual(again.spec.image, spec.image);
    const twice = await parity(["pack", "job.json", "--out", "image.tar"], { cwd: folder.path });
    assert.deepEqual([twice.code, twice.error?.code], [1, "FILE_EXISTS"]);
  });

  it("packs an image that the engine has, and says so of one that it does not have", async () => {
    const archive = await packFolder({ folder: path.join(folder.path, "image"), outputDirectory: work });
    const { imageId, isNew } = await loadImage(engine, await verifyArchive(archive.path, archive));
    try {
      const { spec } = await resolve({ fields: { image: { engine: imageId } } });
      assert.equal(spec.image.platform, engine.platform);
    } finally {
      if (isNew) await removeImage(engine, imageId);
    }
    const absent = resolve({ fields: { image: { engine: "no-such-image:ever" } } });
    await assert.rejects(absent, (error) => isParityError(error, "IMAGE_NOT_FOUND"));
  });

  it("leaves nothing of a Dockerfile's build but the archive", async () => {
    await resolve({ image: "dockerfile" });
    assert.equal(existsSync(work), true);
    assert.deepEqual(
      readdirSync(work).filter((name) => !/^[0-9a-f]{64}$/.test(name)),
      [],
    );
  });
});
