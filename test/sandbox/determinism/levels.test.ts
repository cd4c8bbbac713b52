import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { defaultLimits, encodeCanonicalJson, type JobSpec } from "@parity-protocol/sdk";
import { containerOptions, hostsFile, outputVolumeOptions } from "../../../sandbox/determinism/profile.ts";
import { determinizerSha256, readDeterminizer } from "../../../sandbox/determinizer/program.ts";

/**
 * The digest of everything that acts in a level, for one job. When this fails, outputs may change: give the level a new version, and
 * keep the old one as it was for the tasks that name it.
 */
const digests: Readonly<Record<JobSpec["determinism"]["level"], string>> = {
  "standard@1": "f2b5e3bdff9d38f951c9fb2464d1ba3f985c39403f9e633052f4b809bbf0c029",
  "strict@1": "2e34c5ddb4074121052ce3f2388c9d81031a790bdbdeeabb2252132c111aad6a",
};

const specOf = (level: JobSpec["determinism"]["level"]): JobSpec => ({
  version: 1,
  image: { archive: "0".repeat(64), bytes: 1, platform: "linux/amd64" },
  command: ["/tool"],
  env: {},
  workingDirectory: "/",
  input: [],
  limits: defaultLimits,
  expect: { exitCode: 0 },
  determinism: { level, seed: "0".repeat(64) },
});

const places = {
  imageId: "image",
  imageEnvironment: [],
  inputPath: "/input",
  hostsPath: "/hosts",
  determinizerPath: "/determinizer",
  outputVolume: "output",
  cpuset: "0",
  labels: {},
};

function digestOf(level: JobSpec["determinism"]["level"]): string {
  const spec = specOf(level);
  const acting = { options: JSON.parse(JSON.stringify(containerOptions(spec, places))), volume: outputVolumeOptions(spec), hostsFile };
  const program = level === "strict@1" ? { determinizerSha256 } : {};
  return createHash("sha256")
    .update(encodeCanonicalJson({ ...acting, ...program }))
    .digest("hex");
}

describe("a determinism level", () => {
  for (const level of ["standard@1", "strict@1"] as const)
    it(`is what ${level} was when it got its name`, () => assert.equal(digestOf(level), digests[level]));

  it("names the determinizer that is in the package", async () => {
    const sums = await readFile(new URL("../../../sandbox/determinizer/prebuilt/SHA256SUMS", import.meta.url), "utf8");
    assert.equal(sums, `${determinizerSha256}  determinizer-linux-amd64\n`);
    await readDeterminizer();
  });
});
