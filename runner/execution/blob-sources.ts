import { type BlobSource, type BlobStore, httpStore, parseLocation } from "@parity-protocol/sdk";
import { guardedFetch } from "./guarded-fetch.ts";

/** Where a runner finds and leaves blobs. */
export interface RunnerStores {
  /** The stores of the configuration, in its order. */
  own: BlobStore[];
  /** Those, then the stores that a task's location names and that may be called. */
  forLocation(location: string): BlobSource[];
}

/** Makes the stores of a runner. The token goes to the configured stores alone. */
export function createStores(options: {
  storeUrls: readonly string[];
  storeToken?: string;
  allowsPrivateLocations: boolean;
}): RunnerStores {
  const { storeUrls, storeToken, allowsPrivateLocations } = options;
  const own = storeUrls.map((url) => httpStore(url, storeToken === undefined ? {} : { token: storeToken }));
  const known = new Set(own.map((store) => store.label));
  return {
    own,
    forLocation: (location) => {
      const others = readLocation(location).filter((url) => !known.has(url));
      return [...own, ...others.map((url) => httpStore(url, allowsPrivateLocations ? {} : { fetch: guardedFetch }))];
    },
  };
}

/** A location is a stranger's hint: one that makes no sense is none. */
function readLocation(location: string): string[] {
  try {
    return parseLocation(location);
  } catch {
    return [];
  }
}
