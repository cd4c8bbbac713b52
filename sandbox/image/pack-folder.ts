import { createReadStream } from "node:fs";
import { lstat, open, readdir, readlink, rm } from "node:fs/promises";
import { join } from "node:path";
import { byteOrder, ParityError } from "@parity-protocol/sdk";
import { type TarItem, writeTar } from "../tar/write-tar.ts";
import { archiveBounds } from "./bounds.ts";
import type { Platform } from "./documents.ts";
import { type PackedArchive, writeArchive, writeHashed } from "./write-archive.ts";

/** A folder to make an image of, and where to put the archive. Without a platform, the folder's binaries say which it is. */
export interface FolderSource {
  folder: string;
  platform?: Platform;
  outputDirectory: string;
}

/**
 * Packs a folder as a `FROM scratch` image of one layer. Owner and times are fixed and modes are 0755 or 0644, so the same content gives
 * the same archive on every machine.
 * @throws IMAGE_SOURCE_INVALID, ARCHIVE_TOO_LARGE
 */
export async function packFolder(source: FolderSource): Promise<PackedArchive> {
  const items = await listFolder(source.folder);
  const platform = source.platform ?? (await detectPlatform(items));
  const layer = await writeHashed(writeTar(items.map(withContent)), source.outputDirectory);
  try {
    return await writeArchive({ platform, layers: [layer] }, source.outputDirectory);
  } finally {
    await rm(layer.path, { force: true });
  }
}

interface FolderItem extends TarItem {
  path: string;
}

/** Lists a folder recursively, sorted by the bytes of the paths inside it. */
export async function listFolder(folder: string): Promise<FolderItem[]> {
  const items: FolderItem[] = [];
  const pending = [""];
  for (let directory = pending.pop(); directory !== undefined; directory = pending.pop()) {
    for (const name of await namesIn(join(folder, directory))) {
      const item = await describeFile(folder, directory === "" ? name : `${directory}/${name}`);
      items.push(item);
      if (item.type === "directory") pending.push(item.name);
    }
    if (items.length > archiveBounds.layerEntries)
      throw new ParityError("ARCHIVE_TOO_LARGE", `${folder} has more than ${archiveBounds.layerEntries} entries.`);
  }
  return items.sort((a, b) => byteOrder(a.name, b.name));
}

async function namesIn(directory: string): Promise<string[]> {
  const names = await readdir(directory, { encoding: "buffer" }).catch((cause: unknown) => {
    throw new ParityError("IMAGE_SOURCE_INVALID", `${directory} cannot be read as a folder.`, { cause });
  });
  return names.map((name) => {
    try {
      return new TextDecoder("utf-8", { fatal: true }).decode(name);
    } catch (cause) {
      throw new ParityError("IMAGE_SOURCE_INVALID", `${directory} has a name that is not UTF-8: ${name.toString("latin1")}`, { cause });
    }
  });
}

async function describeFile(folder: string, name: string): Promise<FolderItem> {
  const path = join(folder, name);
  const status = await lstat(path);
  if (status.isDirectory()) return { name, path, type: "directory", mode: 0o755, bytes: 0 };
  if (status.isSymbolicLink()) return { name, path, type: "symlink", mode: 0o777, bytes: 0, linkName: await readlink(path) };
  if (status.isFile()) return { name, path, type: "file", mode: (status.mode & 0o111) === 0 ? 0o644 : 0o755, bytes: status.size };
  throw new ParityError("IMAGE_SOURCE_INVALID", `${path} is neither a file, a folder nor a symbolic link.`);
}

/** Opens the content when its turn comes; a file that changes size meanwhile would break the tar. */
export function withContent(item: FolderItem): TarItem {
  return item.type === "file" ? { ...item, content: contentOf(item) } : item;
}

async function* contentOf(item: FolderItem): AsyncGenerator<Uint8Array> {
  let bytes = 0;
  for await (const chunk of createReadStream(item.path, { highWaterMark: 1024 * 1024 })) {
    bytes += (chunk as Buffer).length;
    if (bytes <= item.bytes) yield chunk as Buffer;
  }
  if (bytes !== item.bytes) throw new ParityError("IMAGE_SOURCE_INVALID", `${item.path} changed while it was being packed.`);
}

const machines: Readonly<Record<number, Platform>> = { 62: "linux/amd64", 183: "linux/arm64" };

/** Reads the platform from the ELF headers of a folder's executables; they must agree. */
async function detectPlatform(items: readonly FolderItem[]): Promise<Platform> {
  const found = new Map<Platform, string>();
  for (const item of items) {
    const platform = item.type === "file" && (item.mode & 0o111) !== 0 ? await platformOfBinary(item.path) : undefined;
    if (platform) found.set(platform, item.name);
  }
  const [first, ...others] = found.keys();
  if (first !== undefined && others.length === 0) return first;
  const what = first === undefined ? "no executable for linux/amd64 or linux/arm64" : "executables for several platforms";
  throw new ParityError("IMAGE_SOURCE_INVALID", `The folder has ${what}, so its platform is unknown.`, {
    hint: "Set the executable bit on the binary (chmod +x), or name the platform.",
  });
}

async function platformOfBinary(path: string): Promise<Platform | undefined> {
  const file = await open(path, "r");
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(20), 0, 20, 0);
    const isElf64 = bytesRead === 20 && buffer.toString("latin1", 0, 5) === "\x7fELF\x02";
    return isElf64 ? machines[buffer.readUInt16LE(18)] : undefined;
  } finally {
    await file.close();
  }
}
