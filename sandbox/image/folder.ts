import { createReadStream } from "node:fs";
import { lstat, readdir, readlink } from "node:fs/promises";
import { join } from "node:path";
import { byteOrder, ParityError } from "@parity-protocol/sdk";
import type { TarItem } from "../tar/write-tar.ts";
import { archiveBounds } from "./bounds.ts";
import type { IgnoreRules } from "./dockerignore.ts";

/** Something in a folder, by its path inside it (`name`) and on this machine (`path`). */
export interface FolderItem extends TarItem {
  path: string;
}

const nothingIgnored: IgnoreRules = { isIgnored: () => false, hasExceptions: false };

/**
 * Lists a folder recursively, sorted by the bytes of the paths inside it. Modes become 0755 or 0644, by the executable bit.
 * @throws IMAGE_SOURCE_INVALID, ARCHIVE_TOO_LARGE
 */
export async function listFolder(folder: string, rules: IgnoreRules = nothingIgnored): Promise<FolderItem[]> {
  const items: FolderItem[] = [];
  const pending = [""];
  for (let directory = pending.pop(); directory !== undefined; directory = pending.pop()) {
    for (const last of await namesIn(join(folder, directory))) {
      const name = directory === "" ? last : `${directory}/${last}`;
      const isIgnored = rules.isIgnored(name);
      if (isIgnored && !rules.hasExceptions) continue;
      const item = await describeItem(folder, name);
      if (!isIgnored) items.push(item);
      if (item.type === "directory") pending.push(name);
    }
    if (items.length > archiveBounds.layerEntries)
      throw new ParityError("ARCHIVE_TOO_LARGE", `${folder} has more than ${archiveBounds.layerEntries} entries.`);
  }
  return items.sort((a, b) => byteOrder(a.name, b.name));
}

/** Adds the content, opened when its turn comes; a file that changes its size meanwhile would break the tar. */
export function withContent(item: FolderItem): TarItem {
  return item.type === "file" ? { ...item, content: contentOf(item) } : item;
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

async function describeItem(folder: string, name: string): Promise<FolderItem> {
  const path = join(folder, name);
  const status = await lstat(path);
  if (status.isDirectory()) return { name, path, type: "directory", mode: 0o755, bytes: 0 };
  if (status.isSymbolicLink()) return { name, path, type: "symlink", mode: 0o777, bytes: 0, linkName: await readlink(path) };
  if (status.isFile()) return { name, path, type: "file", mode: (status.mode & 0o111) === 0 ? 0o644 : 0o755, bytes: status.size };
  throw new ParityError("IMAGE_SOURCE_INVALID", `${path} is neither a file, a folder nor a symbolic link.`);
}

async function* contentOf(item: FolderItem): AsyncGenerator<Uint8Array> {
  let bytes = 0;
  for await (const chunk of createReadStream(item.path, { highWaterMark: 1024 * 1024 }) as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes <= item.bytes) yield chunk;
  }
  if (bytes !== item.bytes) throw new ParityError("IMAGE_SOURCE_INVALID", `${item.path} changed while it was being packed.`);
}
