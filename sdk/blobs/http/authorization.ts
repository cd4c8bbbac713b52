import { type StoreWrite, signStoreWrite } from "../store-write.ts";
import type { StoreAccess } from "./exchange.ts";

/**
 * Makes the header that lets a write pass: the owner's token, else a signature. Reads carry none, so that a page's need no preflight.
 */
export async function authorizationOf(
  { baseUrl, token, signer }: StoreAccess,
  write: Pick<StoreWrite, "path" | "sha256" | "bytes">,
): Promise<Record<string, string>> {
  if (token !== undefined) return { authorization: `Bearer ${token}` };
  if (signer === undefined) return {};
  const now = Math.floor(Date.now() / 1000);
  return { authorization: await signStoreWrite(signer, { store: baseUrl, ...write }, now), "parity-sha256": write.sha256 };
}
