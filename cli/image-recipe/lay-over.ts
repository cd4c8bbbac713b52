import { chmod, copyFile, lstat, mkdir, open, readdir, readlink, realpath, rm, symlink } from "node:fs/promises";
import path from "node:path";
import { ParityError } from "@parity-protocol/sdk";

/** Files to lay over what is in a root. */
export interface Layering {
  /** A file or a folder of this machine. */
  from: string;
  root: string;
  /** The place in the root; "" is the root itself. */
  to: string;
  isLeftOut?: (name: string) => boolean;
}

/** Copies a file or a folder into a root, over what is there; links stay links. @throws IMAGE_RECIPE_INVALID when the place is outside */
export async function layOver({ from, root, to, isLeftOut = () => false }: Layering): Promise<void> {
  if ((await lstat(from)).isDirectory()) return layFolder({ from, root, into: await folderAt(root, to), isLeftOut });
  await layFile(from, await roomFor(root, to));
}

interface FolderLayering {
  from: string;
  root: string;
  /** A folder that is inside the root, its links followed. */
  into: string;
  isLeftOut: (name: string) => boolean;
}

async function layFolder({ from, root, into, isLeftOut }: FolderLayering): Promise<void> {
  for (const entry of await readdir(from, { withFileTypes: true })) {
    if (isLeftOut(entry.name)) continue;
    const [source, target] = [path.join(from, entry.name), path.join(into, entry.name)];
    if (entry.isDirectory()) await layFolder({ from: source, root, into: await enter(root, target), isLeftOut });
    else await layFile(source, await cleared(target));
  }
}

async function layFile(from: string, target: string): Promise<void> {
  const facts = await lstat(from);
  if (facts.isSymbolicLink()) return symlink(await readlink(from), target);
  await copyFile(from, target);
  await chmod(target, (facts.mode & 0o111) !== 0 || (await isProgram(from)) ? 0o755 : 0o644);
}

/** Makes a link in a root. @throws IMAGE_RECIPE_INVALID when the place is outside */
export async function layLink(root: string, { to, target }: { to: string; target: string }): Promise<void> {
  await symlink(target, await roomFor(root, to));
}

/** Removes a path of a root, if it is there. @throws IMAGE_RECIPE_INVALID when the place is outside */
export async function leaveOut(root: string, place: string): Promise<void> {
  const target = path.join(root, place);
  if (!(await exists(path.dirname(target)))) return;
  await rm(path.join(await insideOf(root, path.dirname(target)), path.basename(target)), { recursive: true, force: true });
}

/** Clears a place, in folders that are made where they are missing. */
async function roomFor(root: string, place: string): Promise<string> {
  return cleared(path.join(await folderAt(root, path.dirname(place)), path.basename(place)));
}

async function cleared(target: string): Promise<string> {
  await rm(target, { recursive: true, force: true });
  return target;
}

/** Makes the folders on the way to a place, one by one: a link among them may lead anywhere on this machine. */
async function folderAt(root: string, place: string): Promise<string> {
  let folder = await realpath(root);
  for (const step of place.split("/").filter((name) => name !== "" && name !== ".")) folder = await enter(root, path.join(folder, step));
  return folder;
}

async function enter(root: string, folder: string): Promise<string> {
  if (!(await exists(folder))) await mkdir(folder);
  return insideOf(root, folder);
}

/** Follows links to a folder of the root. @throws IMAGE_RECIPE_INVALID when they lead elsewhere */
async function insideOf(root: string, folder: string): Promise<string> {
  const [top, real] = [await realpath(root), await realpath(folder).catch(() => "")];
  const isInside = real === top || real.startsWith(top + path.sep);
  if (isInside && (await lstat(real)).isDirectory()) return real;
  throw new ParityError(
    "IMAGE_RECIPE_INVALID",
    `${path.relative(root, folder)} is no folder of the image, or a link that leads out of it.`,
  );
}

/** Packages lose the executable bit on their way; what a program is shows in its first bytes. */
async function isProgram(file: string): Promise<boolean> {
  const handle = await open(file, "r");
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(4), 0, 4, 0);
    const head = buffer.toString("latin1", 0, bytesRead);
    return head === "\x7fELF" || head.startsWith("#!");
  } finally {
    await handle.close();
  }
}

async function exists(file: string): Promise<boolean> {
  return lstat(file).then(
    () => true,
    () => false,
  );
}
