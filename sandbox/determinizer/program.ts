import { readFile } from "node:fs/promises";
import { ParityError, sha256Hex } from "@parity-protocol/sdk";

/** The prebuilt determinizer that acts in `strict@1`. Another program is another level: it may show a job something else. */
export const determinizerSha256 = "6a20342b8f249dc824e3df0f18636fae6707e5550eefe911a48d10329baf6619";

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
