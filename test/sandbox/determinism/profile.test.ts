import assert from "node:assert/strict";
import { defaultLimits, type JobSpec } from "@parity-protocol/sdk";
import { containerOptions, environmentOf, outputVolumeOptions, reservedVariables } from "../../../sandbox/determinism/profile.ts";

const spec: JobSpec = {
  version: 1,
  image: { archive: "0".repeat(64), bytes: 1, platform: "linux/amd64" },
  command: ["/tool", "x"],
  env: { MODE: "job", PATH: "/job" },
  workingDirectory: "/work",
  input: [],
  limits: { ...defaultLimits, cpus: 2, memoryBytes: 64 * 1024 ** 2, pids: 9 },
  expect: { exitCode: 0 },
  determinism: { level: "standard@1", seed: "0".repeat(64) },
};
const parts = {
  imageId: "sha256:1",
  imageEnvironment: [],
  inputPath: "/v/input",
  hostsPath: "/v/hosts",
  determinizerPath: "/v/determinizer",
  outputVolume: "v",
  cpuset: "0,3",
  labels: { a: "b" },
};

describe("containerOptions", () => {
  const options = containerOptions(spec, parts);
  const host = options.HostConfig;

  it("takes every way out of a container", () => {
    assert.equal(options.NetworkDisabled, true);
    assert.equal(host?.NetworkMode, "none");
    assert.equal(host?.ReadonlyRootfs, true);
    assert.deepEqual(host?.CapDrop, ["ALL"]);
    assert.equal(host?.SecurityOpt?.[0], "no-new-privileges");
    assert.match(host?.SecurityOpt?.[1] ?? "", /^seccomp=\{"defaultAction":"SCMP_ACT_ERRNO"/);
    assert.equal(options.User, "65534:65534");
    assert.equal(host?.Privileged ?? false, false);
    assert.equal(host?.Devices ?? undefined, undefined);
  });

  it("turns the limits into the container's, without swap", () => {
    assert.deepEqual([host?.Memory, host?.MemorySwap, host?.PidsLimit, host?.CpusetCpus], [64 * 1024 ** 2, 64 * 1024 ** 2, 9, "0,3"]);
  });

  it("replaces the image's entry point and command, and feeds nothing to stdin", () => {
    assert.deepEqual([options.Entrypoint, options.Cmd, options.OpenStdin, options.AttachStdin], [["/tool", "x"], [], false, false]);
  });
});

describe("environmentOf", () => {
  it("lets the job win over the image, and the level over both", () => {
    const environment = environmentOf(spec, ["MODE=image", "PATH=/image", "ONLY=image=1", "TZ=Europe/Paris", "EMPTY="]);
    const expected = ["MODE=job", "PATH=/job", "ONLY=image=1", "TZ=UTC", "EMPTY=", "HOME=/tmp", "PYTHONHASHSEED=0"];
    for (const entry of expected) assert.ok(environment.includes(entry), `${entry} in ${environment.join(" ")}`);
    assert.equal(environment.filter((entry) => entry.startsWith("TZ=")).length, 1);
  });

  it("gives the same list whatever the order of the variables", () => {
    const reversed = { ...spec, env: Object.fromEntries(Object.entries(spec.env).reverse()) };
    assert.deepEqual(environmentOf(reversed, []), environmentOf(spec, []));
  });

  it("leaves PATH to images and jobs, and no variable that it sets itself", () => {
    assert.ok(!reservedVariables.has("PATH"));
    const own = environmentOf({ ...spec, env: {} }, []).map((entry) => entry.split("=")[0] ?? "");
    assert.deepEqual(
      own.filter((name) => !reservedVariables.has(name)),
      ["PATH"],
    );
  });
});

describe("outputVolumeOptions", () => {
  it("has room for a little more than the limits, so that exceeding them can be seen", () => {
    const options = outputVolumeOptions({ ...spec, limits: { ...spec.limits, outputBytes: 4_097, outputFiles: 3 } });
    assert.equal(options, `size=${(2 + 3 + 256) * 4_096},nr_inodes=1030,uid=65534,gid=65534,mode=0755,nosuid,nodev`);
  });
});
