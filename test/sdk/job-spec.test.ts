import assert from "node:assert/strict";
import { isParityError } from "../../sdk/errors/index.ts";
import {
  decodeJobSpec,
  defaultLevelFor,
  defaultLimits,
  encodeJobSpec,
  type JobSpec,
  jobHashOf,
  parseJobSpec,
} from "../../sdk/job/job-spec.ts";

const anySha256 = "ab".repeat(32);

function specWith(change: Partial<Record<keyof JobSpec, unknown>> = {}): unknown {
  return {
    version: 1,
    image: { archive: anySha256, bytes: 1024, platform: "linux/amd64" },
    command: ["/bin/true"],
    env: {},
    workingDirectory: "/",
    input: [],
    limits: defaultLimits,
    expect: { exitCode: 0 },
    determinism: { level: "standard@1", seed: "0".repeat(64) },
    ...change,
  };
}

const input = (...paths: string[]) => paths.map((path) => ({ path, sha256: anySha256, bytes: 1 }));
const isInvalid = (error: unknown) => isParityError(error, "JOB_SPEC_INVALID");

describe("job spec", () => {
  it("has a hash that does not depend on the order of keys", () => {
    const spec = parseJobSpec(specWith());
    const reversed = Object.fromEntries(Object.entries(spec).reverse()) as JobSpec;
    assert.equal(jobHashOf(spec), jobHashOf(reversed));
  });

  it("has a hash that every field changes", () => {
    const hashes = [
      specWith(),
      specWith({ command: ["/bin/false"] }),
      specWith({ env: { A: "1" } }),
      specWith({ workingDirectory: "/tmp" }),
      specWith({ input: input("a") }),
      specWith({ limits: { ...defaultLimits, cpus: 2 } }),
      specWith({ expect: { exitCode: 1 } }),
      specWith({ determinism: { level: "standard@1", seed: "1".repeat(64) } }),
    ].map((spec) => jobHashOf(parseJobSpec(spec)));
    assert.equal(new Set(hashes).size, hashes.length);
  });

  it("gets the strict level by default where that exists, which a spec that names none does not", () => {
    assert.deepEqual([defaultLevelFor("linux/amd64"), defaultLevelFor("linux/arm64")], ["strict@1", "standard@1"]);
    assert.throws(() => parseJobSpec(specWith({ determinism: { seed: "0".repeat(64) } })), isInvalid);
    for (const platform of ["linux/amd64", "linux/arm64"] as const)
      parseJobSpec(
        specWith({
          image: { archive: anySha256, bytes: 1024, platform },
          determinism: { level: defaultLevelFor(platform), seed: "0".repeat(64) },
        }),
      );
  });

  it("decodes what it encoded", () => {
    const spec = parseJobSpec(specWith({ input: input("a", "b/c") }));
    assert.deepEqual(decodeJobSpec(encodeJobSpec(spec)), spec);
  });

  const imageAt = (repository: string, manifest = anySha256) => ({
    archive: anySha256,
    bytes: 1024,
    platform: "linux/amd64",
    registry: { repository, manifest },
  });

  it("may say where its image can be pulled", () => {
    const spec = parseJobSpec(specWith({ image: imageAt("registry.example:5000/team/tool") }));
    assert.deepEqual(decodeJobSpec(encodeJobSpec(spec)), spec);
    assert.notEqual(jobHashOf(spec), jobHashOf(parseJobSpec(specWith())));
  });

  it("refuses bytes that say the same in another form", () => {
    const pretty = new TextEncoder().encode(JSON.stringify(specWith(), null, 2));
    assert.throws(
      () => decodeJobSpec(pretty),
      (error) => isParityError(error, "JOB_SPEC_NOT_CANONICAL"),
    );
  });

  for (const [name, spec] of [
    ["an unknown field", { ...(specWith() as object), network: true }],
    ["an empty command", specWith({ command: [] })],
    ["a NUL in an argument", specWith({ command: ["a\0b"] })],
    ["an input path that climbs out", specWith({ input: input("../a") })],
    ["unsorted input", specWith({ input: input("b", "a") })],
    ["an input path twice", specWith({ input: input("a", "a") })],
    ["an input file that is also a directory", specWith({ input: input("a", "a/b") })],
    ["a relative working directory", specWith({ workingDirectory: "work" })],
    ["a limit out of range", specWith({ limits: { ...defaultLimits, timeoutSeconds: 0 } })],
    ["a platform nobody has", specWith({ image: { archive: anySha256, bytes: 1, platform: "windows/amd64" } })],
    ["a registry without a repository", specWith({ image: imageAt("registry.example") })],
    ["a way out of a registry's repositories", specWith({ image: imageAt("registry.example/../admin") })],
    ["a registry with credentials", specWith({ image: imageAt("me:secret@registry.example/tool") })],
    ["an image by its tag", specWith({ image: imageAt("registry.example/tool:v1") })],
    ["a manifest that is no digest", specWith({ image: imageAt("registry.example/tool", "latest") })],
    ["an unknown determinism level", specWith({ determinism: { level: "hope@1", seed: "0".repeat(64) } })],
  ] as const)
    it(`refuses ${name}`, () => assert.throws(() => parseJobSpec(spec), isInvalid));
});
