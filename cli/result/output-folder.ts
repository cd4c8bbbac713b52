import { createWriteStream } from "node:fs";
import { mkdir, mkdtemp, readdir, rename, rm } from "node:fs/promises";
import path from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { ParityError, pathProblem } from "@parity-protocol/sdk";

/** A folder that is filled out of sight and appears whole, or not at all. */
export interface OutputFolder {
  /** Writes one file; `relative` is a path inside the folder, which others chose. @throws OUTPUT_MANIFEST_INVALID */
  write(relative: string, content: ReadableStream<Uint8Array> | Uint8Array, options?: { isExecutable?: boolean }): Promise<void>;
  makeFolder(relative: string): Promise<void>;
  /** Puts everything in its place. */
  publish(): Promise<void>;
  /** Removes what was written and not published. */
  discard(): Promise<void>;
}

/**
 * Opens a folder for a result. It must be absent or empty, unless `isForced`: then entries of the same names in it are replaced,
 * and others are left alone.
 * @throws FILE_EXISTS, FILE_UNREADABLE
 */
export async function openOutputFolder(out: string, { isForced }: { isForced: boolean }): Promise<OutputFolder> {
  await requireRoom(out, isForced);
  const staging = await stagingIn(out);
  return {
    write: (relative, content, { isExecutable = false } = {}) =>
      writeInside(staging, { relative, content, mode: isExecutable ? 0o755 : 0o644 }),
    makeFolder: async (relative) => void (await mkdir(inside(staging, relative), { recursive: true })),
    publish: () => publish(staging, out),
    discard: () => rm(staging, { recursive: true, force: true }),
  };
}

/** Refuses a folder that a result must not go into; to be asked before any work is done. @throws FILE_EXISTS, FILE_UNREADABLE */
export async function requireRoom(out: string, isForced: boolean): Promise<void> {
  let entries: string[];
  try {
    entries = await readdir(out);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === "ENOENT") return;
    if (code === "ENOTDIR") throw new ParityError("FILE_EXISTS", `${out} is a file; a result goes into a folder.`);
    throw new ParityError("FILE_UNREADABLE", `${out} cannot be read.`, { cause });
  }
  if (entries.length > 0 && !isForced)
    throw new ParityError("FILE_EXISTS", `The folder ${out} is not empty.`, {
      hint: "Choose another --out, or add --force to replace the result in it.",
    });
}

async function stagingIn(out: string): Promise<string> {
  try {
    await mkdir(out, { recursive: true });
    return await mkdtemp(path.join(out, ".parity-partial-"));
  } catch (cause) {
    throw new ParityError("FILE_UNREADABLE", `${out} cannot be written.`, { cause });
  }
}

interface Piece {
  relative: string;
  content: ReadableStream<Uint8Array> | Uint8Array;
  mode: number;
}

async function writeInside(staging: string, { relative, content, mode }: Piece): Promise<void> {
  const file = inside(staging, relative);
  try {
    await mkdir(path.dirname(file), { recursive: true });
    const source = content instanceof Uint8Array ? Readable.from([content]) : Readable.fromWeb(content);
    await pipeline(source, createWriteStream(file, { flags: "wx", mode }));
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === "EEXIST" || code === "ENOTDIR" || code === "EISDIR")
      throw new ParityError("OUTPUT_MANIFEST_INVALID", `The output's ${relative} collides with another of its files on this file system.`, {
        hint: "Its paths differ in case or form only; fetch it on a file system that tells them apart.",
        cause,
      });
    throw cause;
  }
}

function inside(staging: string, relative: string): string {
  const problem = pathProblem(relative);
  if (problem) throw new ParityError("OUTPUT_MANIFEST_INVALID", `The output path ${relative} ${problem}.`);
  return path.join(staging, relative);
}

async function publish(staging: string, out: string): Promise<void> {
  for (const name of await readdir(staging)) {
    await rm(path.join(out, name), { recursive: true, force: true });
    await rename(path.join(staging, name), path.join(out, name));
  }
  await rm(staging, { recursive: true, force: true });
}
