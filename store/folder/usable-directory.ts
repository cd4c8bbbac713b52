import { statfs } from "node:fs/promises";
import { dirname } from "node:path";
import { ParityError } from "@parity-protocol/sdk";
import { isAbsent } from "./disk-error.ts";

/** File systems of the kernel's that keep no files (linux/magic.h); making a directory in some of them never ends. */
const kernelFileSystems: ReadonlyMap<number, string> = new Map([
  [0x9fa0, "proc"],
  [0x62656572, "sysfs"],
  [0x27e0eb, "cgroup"],
  [0x63677270, "cgroup2"],
  [0x64626720, "debugfs"],
  [0x74726163, "tracefs"],
  [0x1cd1, "devpts"],
  [0x73636673, "securityfs"],
]);

/** Refuses a directory that lies, or would lie, where no files can be kept. @throws STORE_DIRECTORY_UNUSABLE */
export async function requireUsable(directory: string): Promise<void> {
  for (let at = directory; ; at = dirname(at)) {
    const type = await fileSystemOf(at);
    const name = type === undefined ? undefined : kernelFileSystems.get(type);
    if (name !== undefined)
      throw new ParityError(
        "STORE_DIRECTORY_UNUSABLE",
        `${directory} cannot hold a store: ${at} is part of the kernel's ${name} file system.`,
      );
    if (type !== undefined || at === dirname(at)) return;
  }
}

async function fileSystemOf(path: string): Promise<number | undefined> {
  try {
    return (await statfs(path)).type;
  } catch (error) {
    if (isAbsent(error)) return undefined;
    throw error;
  }
}
