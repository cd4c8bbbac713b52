import assert from "node:assert/strict";
import { defaultLimits, type JobSpec } from "@parity-protocol/sdk";
import { causeNames, causeOfFactor, causeWords } from "../../../sandbox/check/causes.ts";
import { factorNames, factors, factorsAt } from "../../../sandbox/check/factors.ts";
import { together, vary } from "../../../sandbox/check/variation.ts";
import { containerOptions } from "../../../sandbox/determinism/profile.ts";

const specAt = (level: JobSpec["determinism"]["level"]): JobSpec => ({
  version: 1,
  image: { archive: "0".repeat(64), bytes: 1, platform: "linux/amd64" },
  command: ["/tool", "--", "--epoch", "7"],
  env: {},
  workingDirectory: "/",
  input: [],
  limits: defaultLimits,
  expect: { exitCode: 0 },
  determinism: { level, seed: "0".repeat(64) },
});
const parts = {
  imageId: "image",
  imageEnvironment: [],
  inputPath: "/i",
  hostsPath: "/h",
  determinizerPath: "/d",
  outputVolume: "o",
  cpuset: "0",
  labels: {},
};
const optionsAt = (level: JobSpec["determinism"]["level"]) => containerOptions(specAt(level), parts);

describe("vary a run", () => {
  it("changes nothing where nothing is to vary: the base of a check is the level itself", () => {
    for (const level of ["standard@1", "strict@1"] as const) assert.deepEqual(vary(optionsAt(level), specAt(level), {}), optionsAt(level));
  });

  it("puts the determinizer's options before the job's command, which may look like them", () => {
    const { Entrypoint } = vary(optionsAt("strict@1"), specAt("strict@1"), { determinizer: ["--vary-turns"] });
    assert.deepEqual(Entrypoint?.slice(-6), ["--vary-turns", "--", "/tool", "--", "--epoch", "7"]);
  });

  it("leaves the command of a level without a determinizer alone", () => {
    const { Entrypoint } = vary(optionsAt("standard@1"), specAt("standard@1"), { determinizer: ["--vary-turns"] });
    assert.deepEqual(Entrypoint, specAt("standard@1").command);
  });

  it("sets, replaces and takes away variables", () => {
    const { Env } = vary(optionsAt("standard@1"), specAt("standard@1"), { environment: { TZ: "JST-9", GODEBUG: undefined, NEW: "1" } });
    assert.ok(Env?.includes("TZ=JST-9") && Env.includes("NEW=1") && !Env.includes("TZ=UTC"));
    assert.ok(!Env?.some((entry) => entry.startsWith("GODEBUG=")));
  });

  it("applies all of several variations", () => {
    const both = together([
      { determinizer: ["a"], hostname: "x" },
      { determinizer: ["b"], environment: { A: "1" } },
    ]);
    assert.deepEqual([both.determinizer, both.hostname, both.environment], [["a", "b"], "x", { A: "1" }]);
  });
});

describe("the factors of a check", () => {
  it("have each name once, and a cause each", () => {
    assert.deepEqual(
      factors.map(({ name }) => name),
      [...factorNames],
    );
    for (const name of factorNames) assert.ok(causeNames.includes(causeOfFactor[name]));
  });

  it("are cured by the level that holds them still", () => {
    for (const { name, fixedBy } of factors) assert.equal(causeWords[causeOfFactor[name]].cure, fixedBy, name);
  });

  it("need a determinizer but for the surroundings and the host's name", () => {
    const kinds = new Set(factorsAt(specAt("standard@1")).map(({ kind }) => kind));
    assert.deepEqual(kinds, new Set(["machine", "surroundings"]));
    assert.equal(factorsAt(specAt("strict@1")).length, factors.length);
  });
});
