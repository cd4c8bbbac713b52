import { open } from "node:fs/promises";
import { streamOfBytes } from "@parity-protocol/sdk";
import { streamOfHandle } from "@parity-protocol/sdk/node";
import { isAbsent } from "./disk-error.ts";

/** Up to this size a blob is read at once: a stream would cost more than the bytes. */
const READ_WHOLE_BYTES = 256 * 1024;

/** Opens a blob's file as a stream, or nothing when it is not there. */
export async function openBlobFile(path: string): Promise<ReadableStream<Uint8Array> | undefined> {
  const opened = await openFile(path);
  if (!opened) return undefined;
  const { file, bytes } = opened;
  if (bytes > READ_WHOLE_BYTES) return streamOfHandle(file);
  try {
    return streamOfBytes(await file.readFile());
  } finally {
    await file.close();
  }
}

/** Opens a blob's file, or nothing when it is not there. The caller closes it. */
export async function openFile(path: string) {
  try {
    const file = await open(path, "r");
    return { file, bytes: (await file.stat()).size };
  } catch (error) {
    if (isAbsent(error)) return undefined;
    throw error;
  }
}
