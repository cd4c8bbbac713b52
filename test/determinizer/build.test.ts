import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { ensurePrograms } from "../support/debian-packages.ts";
import { prebuilt, run } from "./support/determinized.ts";

const script = fileURLToPath(new URL("../../scripts/build-determinizer", import.meta.url));

const sha256 = async (path: string) =>
  createHash("sha256")
    .update(await readFile(path))
    .digest("hex");

describe("build the determinizer", () => {
  let directory: string;
  before(async () => {
    ensurePrograms({ "musl-gcc": "musl-tools" });
    directory = await mkdtemp(join(tmpdir(), "determinizer-build-"));
  });
  after(() => rm(directory, { recursive: true, force: true }));

  it("gives the bytes of the prebuilt program, every time", async () => {
    for (const name of ["first", "second"]) {
      const built = await run(script, [join(directory, name)]);
      assert.equal(built.exitCode, 0, built.stderr);
      assert.equal(await sha256(join(directory, name)), await sha256(prebuilt));
    }
  });

  it("notes the sha256 of the prebuilt program beside it", async () => {
    const sums = await readFile(join(dirname(prebuilt), "SHA256SUMS"), "utf8");
    assert.equal(sums, `${await sha256(prebuilt)}  determinizer-linux-amd64\n`);
  });
});
