import assert from "node:assert/strict";
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { isParityError } from "@parity-protocol/sdk";
import { type Example, findExamples } from "../../../scripts/gallery/examples.ts";
import { exitCodeOf, faultsOf } from "../../../scripts/gallery/judge.ts";
import { playExample, type Showing } from "../../../scripts/gallery/play-example.ts";
import { onStage, type Stage } from "../../../scripts/gallery/stage.ts";
import { ensurePackageLists } from "../../support/debian-packages.ts";

/** Small, and of one kind of image each: Debian packages, and a static binary from npm. `npm run gallery` plays all. */
const sample = ["bundle", "pipeline"];

describe("the gallery of examples", function () {
  this.timeout(600_000); // under a minute on an idle machine
  const directory = mkdtempSync(path.join(os.tmpdir(), "parity-gallery-test-"));
  const showings = new Map<string, Showing>();

  before(async () => {
    ensurePackageLists();
    const copies = path.join(directory, "examples");
    for (const { name, folder } of findExamples(sample)) cpSync(folder, path.join(copies, name), { recursive: true });
    await onStage(directory, new AbortController().signal, async (stage) => {
      for (const example of findExamples(sample, copies)) {
        showings.set(example.name, await playUnlocking(stage, example));
      }
    });
  });
  after(() => rmSync(directory, { recursive: true, force: true }));

  /** A mirror that has moved on is no fault of the protocol: the example is played with the packages of today. */
  async function playUnlocking(stage: Stage, example: Example): Promise<Showing> {
    try {
      return await playExample(stage, example);
    } catch (error) {
      if (!isParityError(error, "IMAGE_RECIPE_STALE")) throw error;
      rmSync(path.join(example.folder, "image", "debian.lock.json"));
      return playExample(stage, example);
    }
  }
  const showing = (name: string): Showing => showings.get(name) ?? assert.fail(`${name} was not played`);

  for (const name of sample) {
    it(`is answered alike by three runners, paid and verified: ${name}`, () => assert.deepEqual(faultsOf(showing(name)), []));

    it(`ends with a failure that the runners agree on and are paid for when its input is garbage: ${name}`, () => {
      const { garbled } = showing(name);
      assert.deepEqual([garbled.matching, garbled.paid], [3, 3]);
      assert.notEqual(exitCodeOf(garbled), 0);
      assert.notEqual(garbled.accepted?.outputHash, showing(name).answer.accepted?.outputHash);
    });
  }
});
