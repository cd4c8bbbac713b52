import { rmSync } from "node:fs";
import { join } from "node:path";
import { registrySources } from "@parity-protocol/sandbox";
import {
  type BlobSource,
  type BlobStore,
  type Hex,
  type HttpStoreOptions,
  httpStore,
  type JobSpec,
  parseLocation,
  type StoreSigner,
} from "@parity-protocol/sdk";
import type { Ground } from "../ground.ts";
import { guardedFetch } from "./guarded-fetch.ts";

/** A store that an output may be put into. */
export interface OutputStore {
  store: BlobStore;
  /** How it is reached, for what is not a blob. */
  options: HttpStoreOptions;
  /** It asks the chain whether this output is due, and its manifest which blobs belong to it. */
  isSigned: boolean;
}

/** Where a runner finds and leaves blobs. */
export interface RunnerStores {
  /** The stores of the configuration, in its order. */
  own: BlobStore[];
  /** Those, then the stores that a task's location names and that may be called. */
  forLocation(location: string): BlobSource[];
  /** The same, to write the output of a task that is decided: with the token where there is one and the store is this runner's own. */
  forOutput(location: string, slot: { taskId: Hex; identity: Hex }): OutputStore[];
}

/** Signs writes as the runner. */
export function signerOf({ account, escrow }: Pick<Ground, "account" | "escrow">): Omit<StoreSigner, "slot"> {
  return { chainId: escrow.chainId, escrow: escrow.address, account };
}

/** Makes the stores of a runner. The token goes to the configured stores alone. */
export function createStores(options: {
  storeUrls: readonly string[];
  storeToken?: string;
  signer: Omit<StoreSigner, "slot">;
  allowsPrivateLocations: boolean;
}): RunnerStores {
  const { storeUrls, storeToken, signer, allowsPrivateLocations } = options;
  const own = storeUrls.map((url) => httpStore(url, storeToken === undefined ? {} : { token: storeToken }));
  const known = new Set(own.map((store) => store.label));
  const reaching = allowsPrivateLocations ? {} : { fetch: guardedFetch };
  const othersIn = (location: string) => readLocation(location).filter((url) => !known.has(url));
  return {
    own,
    forLocation: (location) => [...own, ...othersIn(location).map((url) => httpStore(url, reaching))],
    forOutput: (location, slot) => {
      const signing = { signer: { ...signer, slot } };
      const ownAccess: HttpStoreOptions = storeToken === undefined ? signing : { token: storeToken };
      const outputStore = (url: string, access: HttpStoreOptions) => ({
        store: httpStore(url, access),
        options: access,
        isSigned: access.signer !== undefined,
      });
      return [
        ...storeUrls.map((url) => outputStore(url, ownAccess)),
        ...othersIn(location).map((url) => outputStore(url, { ...reaching, ...signing })),
      ];
    },
  };
}

/** Says where the image of a job can be pulled from: a job was written by a stranger, who may not make this host call its neighbours. */
export function registriesOf({
  directory,
  allowsPrivateLocations,
}: {
  directory: string;
  allowsPrivateLocations: boolean;
}): (image: JobSpec["image"]) => BlobSource[] {
  const reaching = allowsPrivateLocations ? {} : { fetch: guardedFetch };
  const pulls = join(directory, "pulls");
  // What a killed process was pulling.
  rmSync(pulls, { recursive: true, force: true });
  return (image) => registrySources(image, { directory: pulls, ...reaching });
}

/** A location is a stranger's hint: one that makes no sense is none. */
function readLocation(location: string): string[] {
  try {
    return parseLocation(location);
  } catch {
    return [];
  }
}
