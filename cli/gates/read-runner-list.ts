import { open } from "node:fs/promises";
import { buildMerkleList, isParityError, type MerkleList, merkleListBounds, ParityError, parseRunnerList } from "@parity-protocol/sdk";

/**
 * Reads a list of runners from a CSV or JSON file.
 * @throws FILE_UNREADABLE, RUNNER_LIST_INVALID naming the file and its lines
 */
export async function readRunnerList(file: string): Promise<MerkleList> {
  const text = await readBoundedText(file);
  try {
    return buildMerkleList(parseRunnerList(text));
  } catch (error) {
    if (!isParityError(error, "RUNNER_LIST_INVALID")) throw error;
    const { message, details, cause } = error;
    throw new ParityError("RUNNER_LIST_INVALID", `${file} is no list of runners.\n${message}`, { details: { file, ...details }, cause });
  }
}

/** Somebody may name a disk by mistake: no more is read than a list may have. */
async function readBoundedText(file: string): Promise<string> {
  const most = merkleListBounds.bytes + 1;
  try {
    await using handle = await open(file);
    const buffer = Buffer.alloc(most);
    let length = 0;
    while (length < most) {
      const { bytesRead } = await handle.read(buffer, length, most - length);
      if (bytesRead === 0) break;
      length += bytesRead;
    }
    return buffer.toString("utf8", 0, length);
  } catch (cause) {
    throw new ParityError("FILE_UNREADABLE", `The list ${file} cannot be read: ${(cause as Error).message}`, { cause });
  }
}
