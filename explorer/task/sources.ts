import { type BlobSource, httpStore, isParityError, parseLocation } from "@parity-protocol/sdk";
import type { OpenNetwork } from "../network/open-network.ts";

/** Where a task's blobs can be asked for. */
export interface Sources {
  /** Asked without asking the visitor: the network's own stores. */
  trusted: readonly BlobSource[];
  /** Named by the submitter alone: asking them shows the visitor's address to whoever runs them. */
  foreign: readonly string[];
}

/** Tells a task's stores apart. A location that is none names nothing. */
export function sourcesOf({ stores }: Pick<OpenNetwork, "stores">, location: string): Sources {
  const known = new Set(stores.map(({ label }) => label));
  return { trusted: stores, foreign: storesIn(location).filter((url) => !known.has(url)) };
}

/** The stores to ask, once the visitor has agreed to the foreign ones, or not. */
export function askedSources({ trusted, foreign }: Sources, isForeignAllowed: boolean): BlobSource[] {
  return [...trusted, ...(isForeignAllowed ? foreign.map((url) => httpStore(url)) : [])];
}

function storesIn(location: string): string[] {
  try {
    return parseLocation(location);
  } catch (error) {
    if (isParityError(error)) return [];
    throw error;
  }
}
