import { createHash, randomUUID } from "node:crypto";
import { mkdir, readdir, readFile, rename, rm, stat, utimes } from "node:fs/promises";
import path from "node:path";
import { sha256OfFile } from "@parity-protocol/sdk/node";
import { runOrFail } from "./run-program.ts";

/** Raised when the same inputs are to be installed differently: what was kept then counts no more. */
const KEEPING_VERSION = 1;
/** Room for some twenty recipes with a Node each. */
const MOST_KEPT_BYTES = 2 * 1024 ** 3;
/** What is still being written is younger; an older draft is of a pack that was killed. */
const DRAFT_MS = 3_600_000;

/** What an install follows from. */
export interface InstallInputs {
  /** A folder with package.json, package-lock.json and, where there are settings, .npmrc. */
  folder: string;
  architecture: "amd64" | "arm64";
}

/** Where installed packages are kept, each under the hash of what it follows from and the hash of its own bytes. */
export interface Keeping {
  directory: string;
  /** Names what an install follows from; see {@link keyOfInstall}. */
  key: string;
  mostBytes?: number;
  signal?: AbortSignal | undefined;
}

/** Names an install by everything that it follows from. */
export async function keyOfInstall({ folder, architecture }: InstallInputs): Promise<string> {
  const hash = createHash("sha256").update(JSON.stringify([KEEPING_VERSION, architecture]));
  for (const name of ["package.json", "package-lock.json", ".npmrc"]) {
    const bytes = await readFile(path.join(folder, name)).catch(() => undefined); // .npmrc may be missing; npm says so of the others
    hash.update(`\n${name} ${bytes?.length ?? "none"}\n`).update(bytes ?? "");
  }
  return hash.digest("hex");
}

/** Lays kept packages into a folder as node_modules. @returns whether there were any, whole and untouched; those that are not are removed */
export async function takeKept(keeping: Keeping, into: string): Promise<boolean> {
  for (const file of await entriesOf(keeping)) {
    if (await takeOne(keeping, { file, into })) return true;
    await rm(file, { force: true });
    await rm(path.join(into, "node_modules"), { recursive: true, force: true });
  }
  return false;
}

async function takeOne({ signal }: Keeping, { file, into }: { file: string; into: string }): Promise<boolean> {
  try {
    if ((await sha256OfFile(file)).sha256 !== sha256In(file)) return false;
    await runOrFail(
      { program: "tar", args: ["-xf", file, "--no-same-owner"], directory: into, signal },
      "Kept packages cannot be unpacked",
    );
    await utimes(file, new Date(), new Date());
    return true;
  } catch (error) {
    if (signal?.aborted) throw error;
    return false; // another pack may have made room just now; they are installed anew
  }
}

/** Keeps a folder's node_modules in one step, and makes room. Packages that cannot be kept are installed anew the next time. */
export async function keepPackages(keeping: Keeping, from: string): Promise<void> {
  try {
    await mkdir(keeping.directory, { recursive: true });
    await keepOne(keeping, from);
    await makeRoom(keeping);
  } catch (error) {
    if (keeping.signal?.aborted) throw error;
  }
}

async function keepOne({ directory, key, mostBytes = MOST_KEPT_BYTES, signal }: Keeping, from: string): Promise<void> {
  const draft = path.join(directory, `.${key}-${randomUUID()}`);
  const args = [...sameBytes, "-cf", draft, "node_modules"];
  try {
    await runOrFail({ program: "tar", args, directory: from, signal }, "Packages cannot be kept");
    const { sha256, bytes } = await sha256OfFile(draft);
    if (bytes <= mostBytes) await rename(draft, path.join(directory, `${key}-${sha256}.tar`));
  } finally {
    await rm(draft, { force: true });
  }
}

/** Two packs of one recipe keep the same file, not one each. */
const sameBytes = ["--sort=name", "--mtime=@0", "--owner=0", "--group=0", "--numeric-owner"];

/** Removes the packages that were not used for longest until the rest is small enough, and drafts that nobody finishes. */
async function makeRoom({ directory, mostBytes = MOST_KEPT_BYTES }: Keeping): Promise<void> {
  const files = (await readdir(directory)).map((name) => path.join(directory, name));
  const known = await Promise.all(files.map(async (file) => ({ file, facts: await stat(file).catch(() => undefined) })));
  const present = known.flatMap(({ file, facts }) => (facts ? [{ file, bytes: facts.size, usedAtMs: facts.mtimeMs }] : []));
  let room = mostBytes;
  for (const { file, bytes, usedAtMs } of present.sort((a, b) => b.usedAtMs - a.usedAtMs)) {
    if (isDraft(file)) {
      if (Date.now() - usedAtMs > DRAFT_MS) await rm(file, { force: true });
      continue;
    }
    room -= bytes;
    if (room < 0) await rm(file, { force: true });
  }
}

async function entriesOf({ directory, key }: Keeping): Promise<string[]> {
  const names = await readdir(directory).catch(() => []); // nothing was kept yet
  return names.filter((name) => name.startsWith(`${key}-`) && name.endsWith(".tar")).map((name) => path.join(directory, name));
}

function sha256In(file: string): string {
  return path.basename(file, ".tar").split("-")[1] ?? "";
}

function isDraft(file: string): boolean {
  return path.basename(file).startsWith(".");
}
