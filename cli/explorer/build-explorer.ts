import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { promisify } from "node:util";
import { ParityError } from "@parity-protocol/sdk";
import { inheritedEnvironment } from "../config.ts";

const project = path.resolve(import.meta.dirname, "../..");
/** Beside the project's other machine-made things; builds are named by what they were built from. */
const builds = path.join(project, ".parity", "explorer");
const BUILD_TIMEOUT_MS = 300_000;

/**
 * Builds the page, or finds what was built from the same sources before: then it takes milliseconds.
 * @returns the folder with the page's files
 * @throws EXPLORER_UNAVAILABLE
 */
export async function buildExplorer(signal: AbortSignal): Promise<string> {
  const folder = path.join(builds, digestOfSources());
  if (existsSync(path.join(folder, "index.html"))) return folder;
  const draft = `${folder}.${process.pid}`;
  try {
    mkdirSync(builds, { recursive: true });
    await runVite(draft, signal);
    removeOthers(path.basename(folder));
    renameSync(draft, folder);
  } catch (cause) {
    if (existsSync(path.join(folder, "index.html"))) return folder; // somebody else was faster
    signal.throwIfAborted();
    throw new ParityError("EXPLORER_UNAVAILABLE", `The explorer could not be built: ${reasonOf(cause)}`, { cause });
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
  return folder;
}

async function runVite(outputFolder: string, signal: AbortSignal): Promise<void> {
  const manifest = createRequire(path.join(project, "explorer", "package.json")).resolve("vite/package.json");
  const program = path.join(path.dirname(manifest), "bin", "vite.js");
  const args = [program, "build", path.join(project, "explorer"), "--outDir", outputFolder, "--emptyOutDir", "--logLevel", "warn"];
  const environment = { ...inheritedEnvironment(), NODE_ENV: "production" };
  await promisify(execFile)(process.execPath, args, { cwd: project, env: environment, signal, timeout: BUILD_TIMEOUT_MS });
}

/** Everything that goes into the page: its own sources, the SDK's, and which packages. */
function digestOfSources(): string {
  const hash = createHash("sha256");
  const files = [
    ...filesIn(path.join(project, "explorer")),
    ...filesIn(path.join(project, "sdk")),
    path.join(project, "package-lock.json"),
  ];
  for (const file of files)
    hash
      .update(`${path.relative(project, file)}\0`)
      .update(readFileSync(file))
      .update("\0");
  return hash.digest("hex").slice(0, 24);
}

function filesIn(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter(({ name }) => name !== "dist" && name !== "node_modules")
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => (entry.isDirectory() ? filesIn(path.join(folder, entry.name)) : [path.join(folder, entry.name)]));
}

/** Whoever still serves an older build holds it in memory. Drafts of others are left alone. */
function removeOthers(kept: string): void {
  for (const name of readdirSync(builds))
    if (name !== kept && /^[0-9a-f]{24}$/.test(name)) rmSync(path.join(builds, name), { recursive: true, force: true });
}

function reasonOf(cause: unknown): string {
  const { stderr, message } = cause as { stderr?: string; message?: string };
  return (stderr || message || String(cause)).trim().split("\n").slice(-8).join("\n");
}
