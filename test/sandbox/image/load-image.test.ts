import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { loadImage, packFolder, removeImage, verifyArchive } from "@parity-protocol/sandbox";
import { isParityError } from "@parity-protocol/sdk";
import { makeBusyboxFolder } from "../../support/busybox.ts";
import { SandboxLab } from "../../support/sandbox.ts";

describe("loadImage", () => {
  let lab: SandboxLab;
  before(async () => {
    lab = await SandboxLab.open();
  });
  after(() => lab.close());

  /** An image that no other test has. */
  async function packOther(name: string) {
    const folder = makeBusyboxFolder(join(lab.directory, name));
    await writeFile(join(folder, "name"), `${name} ${process.pid}`);
    const archive = await packFolder({ folder, outputDirectory: lab.directory });
    return verifyArchive(archive.path, archive);
  }

  it("loads an archive under an id known beforehand, without a tag, and removes it again", async () => {
    const verified = await packOther("once");
    const image = await loadImage(lab.engine, verified);
    assert.ok([verified.configDigest, verified.manifestDigest].includes(image.imageId.replace("sha256:", "")));
    assert.equal(image.isNew, true);
    const found = await lab.engine.docker.getImage(image.imageId).inspect();
    assert.deepEqual(found.RepoTags ?? [], []);
    assert.equal(await removeImage(lab.engine, image.imageId), true);
    assert.equal(await removeImage(lab.engine, image.imageId), true);
  });

  it("does one load for several at once, and none when the image is there", async () => {
    const verified = await packOther("many");
    const images = await Promise.all([1, 2, 3].map(() => loadImage(lab.engine, verified)));
    assert.equal(new Set(images).size, 1);
    assert.deepEqual(await loadImage(lab.engine, verified), { imageId: images[0]?.imageId, isNew: false });
    await removeImage(lab.engine, images[0]?.imageId ?? "");
  });

  it("fails when the archive on disk is not what was verified", async () => {
    const verified = await packOther("changed");
    const bytes = await readFile(verified.path);
    await writeFile(verified.path, bytes.subarray(0, bytes.length / 2));
    await assert.rejects(loadImage(lab.engine, verified), (error) => isParityError(error, "IMAGE_LOAD_FAILED", "IMAGE_ID_MISMATCH"));
  });

  it("refuses an image for another platform than the engine's", async () => {
    const platform = lab.engine.platform === "linux/amd64" ? "linux/arm64" : "linux/amd64";
    const archive = await packFolder({ folder: join(lab.directory, "image"), platform, outputDirectory: lab.directory });
    const verified = await verifyArchive(archive.path, archive);
    await assert.rejects(loadImage(lab.engine, verified), (error) => isParityError(error, "PLATFORM_UNSUPPORTED"));
  });

  it("leaves an image that carries somebody's tag", async () => {
    const { imageId } = await loadImage(lab.engine, await packOther("tagged"));
    const name = `parity-test-${process.pid}`;
    await lab.engine.docker.getImage(imageId).tag({ repo: name, tag: "kept" });
    assert.equal(await removeImage(lab.engine, imageId), false);
    await lab.engine.docker.getImage(`${name}:kept`).remove();
    assert.equal(await removeImage(lab.engine, imageId), true);
  });
});
