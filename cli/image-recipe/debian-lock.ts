import { randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import { rename, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { ParityError } from "@parity-protocol/sdk";
import { z } from "zod";
import { readJson } from "./recipe.ts";

const lockedPackageSchema = z.strictObject({
  name: z.string().regex(/^[a-z0-9][a-z0-9+.-]+$/),
  version: z.string().regex(/^[0-9A-Za-z][0-9A-Za-z.+:~-]*$/),
  architecture: z.enum(["amd64", "arm64", "all"]),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
});

const lockSchema = z.strictObject({
  architecture: z.enum(["amd64", "arm64"]),
  requested: z.array(z.string()),
  packages: z.array(lockedPackageSchema).min(1),
});

/** A Debian package by its exact bytes. */
export type LockedPackage = z.infer<typeof lockedPackageSchema>;

/** What a recipe's Debian packages and their dependencies were when they were locked. */
export type DebianLock = z.infer<typeof lockSchema>;

const fileIn = (folder: string) => path.join(folder, "debian.lock.json");

/**
 * Reads the lock of a recipe's folder; undefined where there is none yet.
 * @throws IMAGE_RECIPE_INVALID; IMAGE_RECIPE_STALE when it was made for other packages
 */
export async function readLock(folder: string, wanted: Pick<DebianLock, "architecture" | "requested">): Promise<DebianLock | undefined> {
  const file = fileIn(folder);
  if (!existsSync(file)) return undefined;
  const lock = await readJson(file, lockSchema);
  const isForThese = lock.architecture === wanted.architecture && lock.requested.join(" ") === wanted.requested.join(" ");
  if (isForThese) return lock;
  throw new ParityError(
    "IMAGE_RECIPE_STALE",
    `${file} was made for ${lock.requested.join(", ")} on ${lock.architecture}; the recipe asks for ${wanted.requested.join(", ")} on ${wanted.architecture}.`,
  );
}

/** Writes the lock into a recipe's folder in one step, one line a package, so that a change can be read. */
export async function writeLock(folder: string, lock: DebianLock): Promise<void> {
  const lines = lock.packages.map((one) => `    ${JSON.stringify(one)}`).join(",\n");
  const head = `  "architecture": ${JSON.stringify(lock.architecture)},\n  "requested": ${JSON.stringify(lock.requested)}`;
  const draft = `${fileIn(folder)}.${randomUUID()}`;
  try {
    await writeFile(draft, `{\n${head},\n  "packages": [\n${lines}\n  ]\n}\n`);
    await rename(draft, fileIn(folder));
  } finally {
    await rm(draft, { force: true });
  }
}
