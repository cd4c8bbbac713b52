import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { isBlobName, ParityError, type Sha256Hex } from "@parity-protocol/sdk";
import { isAbsent } from "../folder/disk-error.ts";

/** Where a folder says what stays for ever: one blob's name a line; what follows a # is for people. */
export function pinFileIn(directory: string): string {
  return join(directory, "pinned");
}

/** Reads which blobs stay, afresh for every sweep. @throws STORE_PINS_INVALID, so that nothing is removed for want of a letter */
export async function readPins(directory: string): Promise<ReadonlySet<Sha256Hex>> {
  const path = pinFileIn(directory);
  const lines = (await readText(path)).split("\n").map((line) => line.replace(/#.*/, "").trim());
  const wrong = lines.findIndex((line) => line !== "" && !isBlobName(line));
  if (wrong >= 0)
    throw new ParityError(
      "STORE_PINS_INVALID",
      `${path}, line ${wrong + 1}: ${JSON.stringify(lines[wrong]?.slice(0, 80))} is not the name of a blob.`,
    );
  return new Set(lines.filter(isBlobName));
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if (isAbsent(error)) return "";
    throw error;
  }
}
