import { ParityError } from "../errors/index.ts";
import type { Sha256Hex } from "../job/sha256.ts";

/** Says whether `text` can be the name of a blob: 64 lower-case hexadecimal digits. */
export function isBlobName(text: unknown): text is Sha256Hex {
  return typeof text === "string" && /^[0-9a-f]{64}$/.test(text);
}

/**
 * Refuses what cannot be the name of a blob before it becomes part of a path or a URL.
 * @throws BLOB_NAME_INVALID
 */
export function requireBlobName(name: string): Sha256Hex {
  if (isBlobName(name)) return name;
  throw new ParityError("BLOB_NAME_INVALID", `${JSON.stringify(name.slice(0, 80))} is not the name of a blob.`);
}
