import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { isAbsent } from "./disk-error.ts";

/** Linux's name of the present boot. */
const BOOT_ID = "/proc/sys/kernel/random/boot_id";

/** Names the present boot of the machine, where the system does. */
export async function currentBoot(): Promise<string | undefined> {
  return readFile(BOOT_ID, "utf8").then(
    (text) => text.trim(),
    () => undefined,
  );
}

/** Says since which boot a folder has been written without syncing, if ever. */
export async function unsyncedSince(root: string): Promise<string | undefined> {
  try {
    return (await readFile(join(root, "unsynced-since"), "utf8")).trim();
  } catch (error) {
    if (isAbsent(error)) return undefined;
    throw error;
  }
}

/** Notes that from now on a folder is written without syncing. */
export async function noteUnsynced(root: string, boot: string): Promise<void> {
  await writeFile(join(root, "unsynced-since"), `${boot}\n`, { flush: true });
}
