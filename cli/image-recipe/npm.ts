import { copyFile, mkdtemp, rm, stat } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { ParityError } from "@parity-protocol/sdk";
import { inheritedEnvironment } from "../config.ts";
import { keepPackages, keyOfInstall, takeKept } from "./kept-packages.ts";
import { type Layering, layOver } from "./lay-over.ts";
import { runOrFail } from "./run-program.ts";
import { isWholeInstall } from "./whole-install.ts";

/** npm packages to get, and where to put what is in them. */
export interface NpmRequest {
  /** The recipe's folder, with package.json and package-lock.json. */
  folder: string;
  /** Path among the installed packages, and path in the root. */
  places: Readonly<Record<string, string>>;
  architecture: "amd64" | "arm64";
  root: string;
  /** Where what was installed is kept for the next time. */
  cacheDirectory: string;
  signal?: AbortSignal | undefined;
}

/** What npm itself writes into node_modules: it differs with the registry, and no program needs it. */
const ownTraces = new Set([".package-lock.json", ".bin"]);

/**
 * Installs the locked npm packages of a recipe, or takes what an earlier install of the same lock left; runs no script of theirs, and lays
 * the named parts into a root.
 * @throws INPUT_NOT_FOUND, IMAGE_RECIPE_INVALID, PACKAGES_UNAVAILABLE
 */
export async function layNpmPackages(request: NpmRequest): Promise<void> {
  const scratch = await mkdtemp(path.join(os.tmpdir(), "parity-npm-"));
  try {
    await copyInputs(request, scratch);
    await fetchPackages(request, scratch);
    for (const [from, to] of Object.entries(request.places)) await layPart(request, { from: path.join(scratch, from), to });
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

async function copyInputs({ folder }: NpmRequest, scratch: string): Promise<void> {
  for (const name of ["package.json", "package-lock.json"])
    await copyFile(path.join(folder, name), path.join(scratch, name)).catch((cause: unknown) => {
      throw new ParityError("INPUT_NOT_FOUND", `A recipe with npm packages needs ${path.join(folder, name)}.`, { cause });
    });
  await copyFile(path.join(folder, ".npmrc"), path.join(scratch, ".npmrc")).catch(() => undefined); // settings of its own are a choice
}

async function fetchPackages(request: NpmRequest, scratch: string): Promise<void> {
  const { architecture, cacheDirectory, signal } = request;
  const key = await keyOfInstall({ folder: scratch, architecture });
  const keeping = { directory: path.join(cacheDirectory, "npm"), key, signal };
  if (await takeKept(keeping, scratch)) return;
  await install(request, scratch);
  if (await isWholeInstall(scratch, cpuOf(request))) await keepPackages(keeping, scratch);
}

async function install(request: NpmRequest, scratch: string): Promise<void> {
  const quiet = ["--no-audit", "--no-fund", "--loglevel=error"];
  const args = ["ci", "--ignore-scripts", "--omit=dev", "--os=linux", `--cpu=${cpuOf(request)}`, ...quiet];
  const environment = { PATH: `${path.dirname(process.execPath)}:${inheritedEnvironment().PATH ?? ""}` }; // npm runs under this Node
  const call = { program: "npm", args, directory: scratch, environment, signal: request.signal };
  await runOrFail(call, "The npm packages cannot be installed");
}

/** As npm calls it. */
function cpuOf({ architecture }: NpmRequest): string {
  return architecture === "amd64" ? "x64" : "arm64";
}

async function layPart({ root }: NpmRequest, { from, to }: Pick<Layering, "from" | "to">): Promise<void> {
  await stat(from).catch((cause: unknown) => {
    const named = from.slice(from.indexOf("node_modules"));
    throw new ParityError("IMAGE_RECIPE_INVALID", `The installed npm packages have no ${named}.`, { cause });
  });
  await layOver({ from, root, to, isLeftOut: (name) => ownTraces.has(name) });
}
