import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connectEngine, type Engine, packFolder, removeImage } from "@parity-protocol/sandbox";
import type { JobSpec } from "@parity-protocol/sdk";
import { blobFromFile } from "@parity-protocol/sdk/node";
import { type FolderStore, folderStore } from "@parity-protocol/store";
import { ImageCache } from "../../../runner/execution/image-cache.ts";
import { Journal } from "../../../runner/journal/journal.ts";
import { makeBusyboxFolder } from "../../support/busybox.ts";
import { escrow, hash, runnerAddress } from "../support/records.ts";

const [taskA, taskB] = [hash("0a"), hash("0b")];

describe("ImageCache", () => {
  let directory: string;
  let engine: Engine;
  let folder: FolderStore;
  let journal: Journal;
  let [older, newer]: JobSpec["image"][] = [];

  before(async () => {
    directory = mkdtempSync(join(tmpdir(), "parity-images-"));
    engine = await connectEngine({ dockerHost: process.env.DOCKER_HOST });
    folder = folderStore(join(directory, "cache"), { isDurable: false });
    journal = new Journal(join(directory, "journal"), { chainId: 1, escrow, runner: runnerAddress });
    // Two images that no other test has.
    [older, newer] = [await pack("sh"), await pack("cat")];
  });
  after(async () => {
    for (const { imageId } of journal.images()) await removeImage(engine, imageId);
    journal.close();
    rmSync(directory, { recursive: true });
  });

  async function pack(applet: string): Promise<JobSpec["image"]> {
    const source = makeBusyboxFolder(join(directory, applet), [applet, `only-for-${process.pid}`]);
    const packed = await packFolder({ folder: source, outputDirectory: join(directory, "archives") });
    await folder.put(await blobFromFile(packed.path));
    return { archive: packed.sha256, bytes: packed.bytes, platform: packed.platform };
  }

  const has = (imageId: string) =>
    engine.docker
      .getImage(imageId)
      .inspect()
      .then(
        () => true,
        () => false,
      );

  it("keeps images within its bound: the one used longest ago goes first, never one that a task in hand needs", async () => {
    assert.ok(older && newer);
    const images = new ImageCache(engine, folder, { journal, maxBytes: newer.bytes + older.bytes - 1 });
    const first = await images.load(older, taskA);
    const second = await images.load(newer, taskB);
    await images.trim();
    assert.deepEqual([await has(first.imageId), await has(second.imageId)], [true, true]);

    images.release(taskA);
    await images.trim();
    assert.deepEqual([await has(first.imageId), await has(second.imageId)], [false, true]);
    assert.deepEqual(
      journal.images().map(({ imageId }) => imageId),
      [second.imageId],
    );

    // It is loaded again, and now the other one is older.
    images.release(taskB);
    assert.equal((await images.load(older, taskA)).imageId, first.imageId);
    await images.trim();
    assert.deepEqual([await has(first.imageId), await has(second.imageId)], [true, false]);
  });

  it("removes all that it brought where nothing may stay, also what was loaded before a restart", async () => {
    const images = new ImageCache(engine, folder, { journal, maxBytes: 0 });
    await images.trim();
    assert.deepEqual(journal.images(), []);
  });
});
