import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { defaultLimits, type JobSpec } from "@parity-protocol/sdk";
import { environmentOf } from "../../../sandbox/determinism/profile.ts";
import { ensurePrograms, installPackages } from "../../support/debian-packages.ts";
import { type Bench, compile, run } from "../support/determinized.ts";

const sources = fileURLToPath(new URL("../workloads/", import.meta.url));

/** Types of processor that qemu has: without AVX, with AVX2 and FMA from two makers, and all that it can do. */
const processors = ["qemu64,+ssse3,+sse4.1,+sse4.2,+popcnt", "Nehalem", "Haswell-noTSX", "EPYC", "max"];

const spec: JobSpec = {
  version: 1,
  image: { archive: "0".repeat(64), bytes: 1, platform: "linux/amd64" },
  command: ["/x"],
  env: {},
  workingDirectory: "/",
  input: [],
  limits: defaultLimits,
  expect: { exitCode: 0 },
  determinism: { level: "standard@1", seed: "0".repeat(64) },
};

/** Builds what computes, and returns the commands by name. */
async function buildComputations(bench: Bench): Promise<Record<string, string[]>> {
  ensurePrograms({ "qemu-x86_64-static": "qemu-user-static", "musl-gcc": "musl-tools", go: "golang-go", python3: "python3" });
  installPackages(["python3-numpy", "libopenblas0-pthread"]);
  const at = (name: string) => join(bench.directory, name);
  const c = ["-O2", "-ffp-contract=off", "-fno-builtin", join(sources, "arithmetic.c")];
  await compile("gcc", [...c, "-o", at("glibc"), "-lm"]);
  await compile("musl-gcc", [...c, "-static", "-o", at("musl"), "-lm"]);
  await compile("env", ["GO111MODULE=off", "CGO_ENABLED=0", "go", "build", "-o", at("go"), join(sources, "arithmetic.go")]);
  return {
    "glibc's libm": [at("glibc")],
    "musl's libm": [at("musl")],
    "Go's math": [at("go")],
    "numpy with OpenBLAS": ["/usr/bin/python3", join(sources, "arithmetic.py")],
    "node (V8)": [process.execPath, "--jitless", join(sources, "arithmetic.cjs")],
  };
}

/** Counts the outputs over all processors; one that a computation does not start on is said to. */
async function outputsOf(command: readonly string[], environment: readonly string[]): Promise<string> {
  const seen = new Set<string>();
  let failures = 0;
  for (const processor of processors) {
    const { exitCode, stdout } = await run("env", ["-i", ...environment, "qemu-x86_64-static", "-cpu", processor, ...command]);
    if (exitCode === 0) seen.add(stdout);
    else failures++;
  }
  return `${seen.size}${failures > 0 ? ` (${failures} did not start)` : ""}`;
}

/** Tells how many results each computation has over several types of processor, without and with the environment of both levels. */
export async function compareArithmetic(bench: Bench): Promise<string> {
  const rows: string[] = [];
  const levelEnvironment = environmentOf(spec, []);
  for (const [name, command] of Object.entries(await buildComputations(bench))) {
    const plain = await outputsOf(command, ["PATH=/usr/bin:/bin"]);
    rows.push(`| ${name} | ${plain} | ${await outputsOf(command, levelEnvironment)} |`);
  }
  return [
    `| different results on ${processors.length} types of processor | plainly | with the levels' environment |`,
    "|---|---|---|",
    ...rows,
  ].join("\n");
}
