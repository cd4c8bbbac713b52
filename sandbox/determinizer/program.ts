import { readFile } from "node:fs/promises";
import { ParityError, sha256Hex } from "@parity-protocol/sdk";

/** The prebuilt determinizer that acts in `strict@1`. Another program is another level: it may show a job something else. */
export const determinizerSha256 = "b3348c382d8bc867d0acda5415c61a162b954cbe8586755c353836e0ab015b06";

const prebuilt = new URL("./prebuilt/determinizer-linux-amd64", import.meta.url);

/** Reads the prebuilt determinizer, a static program for linux/amd64. @throws DETERMINIZER_CORRUPT */
export async function readDeterminizer(): Promise<Uint8Array> {
  const bytes = await readFile(prebuilt);
  const sha256 = sha256Hex(bytes);
  if (sha256 !== determinizerSha256)
    throw new ParityError(
      "DETERMINIZER_CORRUPT",
      `The determinizer of this installation has the sha256 ${sha256}, not ${determinizerSha256}.`,
    );
  return bytes;
}
