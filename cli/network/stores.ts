import { isIP } from "node:net";
import { type BlobSource, type BlobStore, httpStore, ParityError, parseLocation, type StoreSigner, type Task } from "@parity-protocol/sdk";
import type { Settings } from "./settings.ts";

/** Opens the stores that the settings name; only the first one is given the token. */
export function configuredStores({ storeUrls, storeToken }: Settings): BlobStore[] {
  return storeUrls.map((url, i) => httpStore(url, i === 0 && storeToken ? { token: storeToken } : {}));
}

/** Opens the store that uploads go to: with the token, else by the signature of who posts. @throws NETWORK_UNKNOWN */
export function uploadStore({ storeUrls: [url], storeToken }: Settings, signer?: StoreSigner): BlobStore {
  if (url !== undefined) return httpStore(url, storeToken ? { token: storeToken } : signer ? { signer } : {});
  throw new ParityError("NETWORK_UNKNOWN", "No store is named to upload to.", {
    hint: "Name one: --store-url, or PARITY_STORE_URL (and PARITY_STORE_TOKEN).",
  });
}

/**
 * Lists where a task's blobs may be: the configured stores, then those that its submitter named. A submitter may name any address, so
 * one that is loopback or private is asked only when it is configured.
 */
export function sourcesOf(task: Pick<Task, "location">, settings: Settings): BlobSource[] {
  const named = locationUrls(task.location).filter((url) => !settings.storeUrls.includes(url) && !isPrivateHost(new URL(url).hostname));
  return [...configuredStores(settings), ...named.map((url) => httpStore(url))];
}

/** Says whether a host is, by its name, this machine or its private network. */
export function isPrivateHost(hostname: string): boolean {
  const host = hostname.replace(/^\[|\]$/g, "").toLowerCase();
  if (host === "localhost" || host.endsWith(".localhost") || host.endsWith(".local") || host.endsWith(".internal")) return true;
  if (isIP(host) === 4) return /^(0|10|127|169\.254|192\.168|172\.(1[6-9]|2\d|3[01])|100\.(6[4-9]|[7-9]\d|1[01]\d|12[0-7]))\./.test(host);
  return isIP(host) === 6 && /^(::|::1|::ffff:.*|f[cd].*|fe[89ab].*)$/.test(host);
}

function locationUrls(location: string): string[] {
  try {
    return parseLocation(location);
  } catch {
    return []; // somebody else wrote it: a hint that cannot be used is no hint
  }
}
