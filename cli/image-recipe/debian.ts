import { existsSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { mkdir, mkdtemp, rename, rm } from "node:fs/promises";
import path from "node:path";
import { ParityError } from "@parity-protocol/sdk";
import { sha256OfFile } from "@parity-protocol/sdk/node";
import { type DebianLock, type LockedPackage, readLock, writeLock } from "./debian-lock.ts";
import { lastLines, runOrFail, runProgram } from "./run-program.ts";

/** Debian packages to get. */
export interface DebianRequest {
  /** The recipe's folder, in which their lock is. */
  folder: string;
  names: readonly string[];
  architecture: "amd64" | "arm64";
  /** Where packages are kept by their sha256, for the next time. */
  cacheDirectory: string;
  signal?: AbortSignal | undefined;
}

type Version = Omit<LockedPackage, "sha256">;

/**
 * Gets the locked Debian packages of a recipe, dependencies included; locks today's versions where there is no lock yet. Needs apt, and no rights.
 * @returns the .deb files, in the lock's order
 * @throws IMAGE_RECIPE_STALE when the mirror has other versions; PACKAGES_UNAVAILABLE
 */
export async function fetchDebianPackages(request: DebianRequest): Promise<string[]> {
  const { folder, architecture, names, cacheDirectory } = request;
  const directory = path.join(cacheDirectory, "debian");
  await mkdir(directory, { recursive: true });
  const scratch = await mkdtemp(path.join(directory, ".download-"));
  try {
    const lock = await readLock(folder, { architecture, requested: [...names] });
    const kept = { request, directory, scratch };
    return lock ? await fetchLocked(kept, lock.packages) : await lockAndFetch(kept);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

interface Place {
  request: DebianRequest;
  /** Where packages are kept. */
  directory: string;
  scratch: string;
}

async function fetchLocked(place: Place, packages: readonly LockedPackage[]): Promise<string[]> {
  const fileOf = ({ sha256 }: LockedPackage) => path.join(place.directory, `${sha256}.deb`);
  const missing: LockedPackage[] = [];
  for (const one of packages) if (!(await isKept(fileOf(one), one))) missing.push(one);
  if (missing.length > 0) await download(place, missing);
  for (const one of missing) {
    const sha256 = await keep(place, one);
    if (sha256 !== one.sha256)
      throw new ParityError(
        "IMAGE_RECIPE_STALE",
        `The mirror's ${one.name} ${one.version} has the sha256 ${sha256}; ${one.sha256} is locked.`,
      );
  }
  return packages.map(fileOf);
}

/** A file that was cut short by a full disk has the right name, too. */
async function isKept(file: string, { sha256 }: LockedPackage): Promise<boolean> {
  return existsSync(file) && (await sha256OfFile(file)).sha256 === sha256;
}

async function lockAndFetch(place: Place): Promise<string[]> {
  const { folder, architecture, names } = place.request;
  const versions = await offeredVersions(place);
  await download(place, versions);
  const packages: LockedPackage[] = [];
  for (const version of versions) packages.push({ ...version, sha256: await keep(place, version) });
  const lock: DebianLock = { architecture, requested: [...names], packages };
  await writeLock(folder, lock);
  return packages.map(({ sha256 }) => path.join(place.directory, `${sha256}.deb`));
}

/** Asks apt what it would install on a machine that has nothing yet: the packages with all that they depend on. */
async function offeredVersions(place: Place): Promise<Version[]> {
  const nothing = path.join(place.scratch, "status");
  writeFileSync(nothing, "");
  const args = [
    "-o",
    `Dir::State::status=${nothing}`,
    "-o",
    "Debug::NoLocking=true",
    "--no-install-recommends",
    "--simulate",
    "-y",
    "install",
  ];
  const said = await runOrFail(apt(place, [...args, ...place.request.names]), "What the Debian packages depend on is not known");
  const found = [...said.matchAll(/^Inst (\S+) \((\S+) .*\[(amd64|arm64|all)\]\)/gm)];
  return found
    .map(([, name = "", version = "", architecture]) => ({ name, version, architecture: architecture as Version["architecture"] }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Downloads packages into the scratch folder. @throws IMAGE_RECIPE_STALE, PACKAGES_UNAVAILABLE */
async function download(place: Place, versions: readonly Version[]): Promise<void> {
  const named = versions.map(({ name, version }) => `${name}=${version}`);
  const end = await runProgram(apt(place, ["download", ...named]));
  if (end.code === 0) return;
  const changed = changesBetween(versions, await offeredVersions(place));
  if (changed.length === 0)
    throw new ParityError("PACKAGES_UNAVAILABLE", `Debian packages cannot be downloaded: apt-get said\n${lastLines(end.stderr)}`);
  throw new ParityError("IMAGE_RECIPE_STALE", `Debian's mirror has other versions than those that are locked: ${changed.join("; ")}.`);
}

function changesBetween(locked: readonly Version[], offered: readonly Version[]): string[] {
  const versionOf = new Map(offered.map(({ name, version }) => [name, version]));
  return locked
    .filter(({ name, version }) => versionOf.get(name) !== version)
    .map(({ name, version }) => `${name} ${version} (the mirror has ${versionOf.get(name) ?? "none"})`);
}

/** Moves a downloaded package into the cache, under its sha256. */
async function keep({ directory, scratch }: Place, { name, version, architecture }: Version): Promise<string> {
  const file = path.join(scratch, `${name}_${version.replaceAll(":", "%3a")}_${architecture}.deb`);
  const { sha256 } = await sha256OfFile(file).catch((cause: unknown) => {
    throw new ParityError("PACKAGES_UNAVAILABLE", `apt-get downloaded no ${path.basename(file)}.`, { cause });
  });
  await rename(file, path.join(directory, `${sha256}.deb`));
  return sha256;
}

function apt({ request, scratch }: Place, args: readonly string[]) {
  const { architecture, signal } = request;
  const settings = [`APT::Architecture=${architecture}`, `APT::Architectures=${architecture}`, "Dir::Cache::pkgcache="];
  return {
    program: "apt-get",
    args: ["-q", ...settings.flatMap((setting) => ["-o", setting]), ...args],
    directory: scratch,
    environment: { DEBIAN_FRONTEND: "noninteractive" },
    signal,
  };
}

/**
 * Unpacks Debian packages into a root, a folder in a scratch folder: nothing is configured, no script of a package runs.
 * @throws PACKAGES_UNAVAILABLE
 */
export async function unpackDebianPackages(files: readonly string[], { root, signal }: { root: string; signal?: AbortSignal | undefined }) {
  // Debian's own set-up makes these links; without them the same library would be looked for in two places.
  for (const name of ["bin", "lib", "lib64", "sbin"]) {
    mkdirSync(path.join(root, "usr", name), { recursive: true });
    symlinkSync(`usr/${name}`, path.join(root, name));
  }
  for (const file of files)
    await runOrFail({ program: "sh", args: ["-c", unpacking, "sh", file], directory: root, signal }, "A Debian package cannot be unpacked");
}

/** Beside the root, not through a pipe: a shell does not see that the first of two programs failed. */
const unpacking =
  'dpkg-deb --fsys-tarfile "$1" >../package.tar && tar -xf ../package.tar --keep-directory-symlink --no-same-owner --no-same-permissions';
