import type { Dirent } from "node:fs";
import { lstat, readdir } from "node:fs/promises";
import path from "node:path";
import { byteOrder, jobBounds, ParityError, pathProblem } from "@parity-protocol/sdk";

/** A regular file of the input: where it lies here, its path under /input, its size. */
export interface InputEntry {
  source: string;
  path: string;
  bytes: number;
}

/**
 * Lists the regular files of an input folder, or the one input file, sorted by the bytes of their paths. Empty folders are left out.
 * @throws INPUT_NOT_FOUND; INPUT_UNSUPPORTED for a link, a device, a name that is not UTF-8; INPUT_TOO_LARGE
 */
export async function listInput(source: string): Promise<InputEntry[]> {
  const root = await lstat(source).catch((cause: unknown) => Promise.reject(notFound(source, cause)));
  if (root.isFile()) return bounded([{ source, path: checkedPath(path.basename(source)), bytes: root.size }]);
  if (!root.isDirectory()) throw unsupported(source, kindOf(root));
  const entries: InputEntry[] = [];
  await walk({ directory: source, prefix: "" }, entries);
  return entries.sort((a, b) => byteOrder(a.path, b.path));
}

interface Place {
  directory: string;
  prefix: string;
}

async function walk(place: Place, entries: InputEntry[]): Promise<void> {
  for (const child of await readdir(place.directory, { withFileTypes: true, encoding: "buffer" })) {
    const name = decodeName(child, place.directory);
    const [source, relative] = [path.join(place.directory, name), place.prefix + name];
    if (child.isDirectory()) await walk({ directory: source, prefix: `${relative}/` }, entries);
    else if (child.isFile()) entries.push({ source, path: checkedPath(relative), bytes: (await lstat(source)).size });
    else throw unsupported(source, kindOf(child));
    bounded(entries);
  }
}

function bounded(entries: InputEntry[]): InputEntry[] {
  if (entries.length > jobBounds.inputFiles)
    throw new ParityError("INPUT_TOO_LARGE", `The input has more than ${jobBounds.inputFiles} files.`);
  const last = entries.at(-1);
  if (last && last.bytes > jobBounds.inputBytes)
    throw new ParityError("INPUT_TOO_LARGE", `The input file ${last.path} has ${last.bytes} bytes, more than ${jobBounds.inputBytes}.`);
  return entries;
}

function decodeName(entry: Dirent<Buffer>, directory: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(entry.name);
  } catch (cause) {
    throw new ParityError(
      "INPUT_UNSUPPORTED",
      `The input folder ${directory} holds a name that is not UTF-8: ${entry.name.toString("latin1")}`,
      { cause },
    );
  }
}

function checkedPath(relative: string): string {
  const problem = pathProblem(relative);
  if (problem) throw new ParityError("INPUT_UNSUPPORTED", `The input path ${relative} ${problem}.`);
  return relative;
}

type Kinds = Pick<Dirent, "isSymbolicLink" | "isSocket" | "isFIFO" | "isBlockDevice" | "isCharacterDevice">;

function kindOf(entry: Kinds): string {
  if (entry.isSymbolicLink()) return "a symbolic link";
  if (entry.isSocket()) return "a socket";
  if (entry.isFIFO()) return "a named pipe";
  if (entry.isBlockDevice() || entry.isCharacterDevice()) return "a device";
  return "no regular file";
}

function unsupported(source: string, kind: string): ParityError {
  return new ParityError("INPUT_UNSUPPORTED", `${source} is ${kind}; an input has regular files and folders only.`);
}

function notFound(source: string, cause: unknown): ParityError {
  return new ParityError(
    "INPUT_NOT_FOUND",
    `The input ${source} ${(cause as NodeJS.ErrnoException).code === "ENOENT" ? "does not exist" : "cannot be read"}.`,
    { cause },
  );
}
