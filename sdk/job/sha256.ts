import { sha256 as viemSha256 } from "viem";

/** A sha256 in 64 lower-case hexadecimal digits without 0x: the name of a blob. */
export type Sha256Hex = string & { readonly __brand?: "sha256" };

/** Hashes bytes that are in memory. Streams are hashed by the blob readers. */
export function sha256Hex(bytes: Uint8Array): Sha256Hex {
  return viemSha256(bytes).slice(2);
}
