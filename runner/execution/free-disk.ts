import { statfs } from "node:fs/promises";
import { ParityError } from "@parity-protocol/sdk";

/** Reads how much a program may still write to a directory's disk, bytes. @throws RUNNER_DIRECTORY_UNUSABLE */
export async function freeBytesOf(directory: string): Promise<number> {
  try {
    const { bavail, bsize } = await statfs(directory);
    return bavail * bsize;
  } catch (cause) {
    throw new ParityError("RUNNER_DIRECTORY_UNUSABLE", `The disk of ${directory} cannot be measured: ${(cause as Error).message}.`, {
      cause,
    });
  }
}
