import { mkdir, mkdtemp, readdir, rm, stat } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { type PackedArchive, packFolder } from "@parity-protocol/sandbox";
import { fetchDebianPackages, unpackDebianPackages } from "./debian.ts";
import { layLink, layOver, leaveOut } from "./lay-over.ts";
import { layNpmPackages } from "./npm.ts";
import { type Recipe, readRecipe } from "./recipe.ts";

/** A recipe to follow. */
export interface RecipeRequest {
  /** The folder with recipe.json and what it names. */
  folder: string;
  /** Where the archive is written. */
  outputDirectory: string;
  /** Where packages are kept for the next time. */
  cacheDirectory: string;
  signal?: AbortSignal | undefined;
}

/** What people read and programs do not. Each package's copyright stays. */
const unread = ["man", "info", "locale", "lintian", "bug", "doc-base"].map((name) => `usr/share/${name}`);

/**
 * Makes an image from locked packages of Debian and npm, and packs it. The same recipe gives the same archive on every machine.
 * @throws INPUT_NOT_FOUND, IMAGE_RECIPE_INVALID, IMAGE_RECIPE_STALE, PACKAGES_UNAVAILABLE, IMAGE_SOURCE_INVALID, ARCHIVE_TOO_LARGE
 */
export async function packRecipe(request: RecipeRequest): Promise<PackedArchive> {
  const recipe = await readRecipe(request.folder);
  const scratch = await mkdtemp(path.join(os.tmpdir(), "parity-image-"));
  const root = path.join(scratch, "root");
  try {
    await mkdir(root);
    await layRoot(request, { recipe, root });
    return await packFolder({ folder: root, platform: recipe.platform, outputDirectory: request.outputDirectory });
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

/** Debian first, for its links are what the rest is laid over; a recipe's own files last, for they are meant to win. */
async function layRoot({ folder, cacheDirectory, signal }: RecipeRequest, { recipe, root }: { recipe: Recipe; root: string }) {
  const architecture = recipe.platform === "linux/amd64" ? "amd64" : "arm64";
  if (recipe.debian) {
    const files = await fetchDebianPackages({ folder, names: recipe.debian, architecture, cacheDirectory, signal });
    await unpackDebianPackages(files, { root, signal });
    for (const place of unread) await leaveOut(root, place);
    await leaveOutDocs(path.join(root, "usr/share/doc"));
  }
  if (recipe.npm) await layNpmPackages({ folder, places: recipe.npm, architecture, root, cacheDirectory, signal });
  for (const place of recipe.omit) await leaveOut(root, place);
  const own = path.join(folder, "root");
  if (await isFolder(own)) await layOver({ from: own, root, to: "" });
  for (const [to, target] of Object.entries(recipe.links)) await layLink(root, { to, target });
}

/** Leaves out everything of the packages' documentation but their copyright. */
async function leaveOutDocs(folder: string): Promise<void> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  for (const entry of entries)
    if (!entry.isDirectory() && entry.name !== "copyright") await rm(path.join(entry.parentPath, entry.name), { force: true });
}

async function isFolder(file: string): Promise<boolean> {
  return stat(file).then(
    (facts) => facts.isDirectory(),
    () => false,
  );
}
