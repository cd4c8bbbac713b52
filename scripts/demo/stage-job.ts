import { chmodSync, copyFileSync, cpSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";

const modules = path.resolve(import.meta.dirname, "../../node_modules");

/** The parts of viem that its entry point is made of; the rest (chains, other networks) is not needed to bundle it. */
const sources = ["index.ts", "accounts", "actions", "clients", "constants", "errors", "types", "utils"];

/** What the demo's job is about. */
export interface StagedJob {
  jobFile: string;
  imageFolder: string;
  viem: string;
  esbuild: string;
}

/** Writes a job into a folder: bundle the published sources of viem, in an image that is one static binary and nothing else. */
export function stageJob(directory: string): StagedJob {
  const [input, image] = [path.join(directory, "sources"), path.join(directory, "image")];
  mkdirSync(image, { recursive: true });
  for (const name of sources) {
    const filter = (file: string) => statSync(file).isDirectory() || file.endsWith(".ts");
    cpSync(path.join(modules, "viem", name), path.join(input, name), { recursive: true, filter });
  }
  copyFileSync(path.join(modules, "@esbuild/linux-x64/bin/esbuild"), path.join(image, "esbuild"));
  chmodSync(path.join(image, "esbuild"), 0o755);
  const jobFile = path.join(directory, "job.json");
  writeFileSync(jobFile, `${JSON.stringify(job, null, 2)}\n`);
  return { jobFile, imageFolder: image, viem: versionOf("viem"), esbuild: versionOf("@esbuild/linux-x64") };
}

const job = {
  image: { folder: "image" },
  command: [
    "/esbuild",
    "/input/index.ts",
    "--bundle",
    "--packages=external",
    "--format=esm",
    "--minify",
    "--sourcemap",
    "--outdir=/output",
  ],
  input: "sources",
  limits: { memoryBytes: "512MiB", timeoutSeconds: "1m" },
};

function versionOf(name: string): string {
  return (JSON.parse(readFileSync(path.join(modules, name, "package.json"), "utf8")) as { version: string }).version;
}
