import { open } from "node:fs/promises";
import { ParityError } from "@parity-protocol/sdk";
import { writeTar } from "../tar/write-tar.ts";
import type { Platform } from "./documents.ts";
import { type FolderItem, listFolder, withContent } from "./folder.ts";
import { describeLayer, type PackedArchive, writeArchive } from "./write-archive.ts";

/** A folder to make an image of, and where to put the archive. Without a platform, the folder's binaries say which it is. */
export interface FolderSource {
  folder: string;
  platform?: Platform;
  outputDirectory: string;
}

/**
 * Packs a folder as a `FROM scratch` image of one layer. Owner and times are fixed and modes are 0755 or 0644 (1777 for its /tmp), so the
 * same content gives the same archive on every machine.
 * @throws IMAGE_SOURCE_INVALID, ARCHIVE_TOO_LARGE
 */
export async function packFolder(source: FolderSource): Promise<PackedArchive> {
  const items = (await listFolder(source.folder)).map(openToAll);
  const platform = source.platform ?? (await detectPlatform(items));
  // Read twice rather than written twice: an archive names a layer's hash before its bytes.
  const layer = await describeLayer(() => writeTar(items.map(withContent)));
  return writeArchive({ platform, layers: [layer] }, source.outputDirectory);
}

/** Older engines give the memory that they mount there the mode of the image's folder, and a job could not write to it. */
function openToAll(item: FolderItem): FolderItem {
  return item.name === "tmp" && item.type === "directory" ? { ...item, mode: 0o1777 } : item;
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
