import type { ParityError } from "@parity-protocol/sdk";
import type { Entry } from "../ledger/book.ts";
import type { TaskFilter } from "../routing/route.ts";

/** So many tasks stand on a sheet. */
export const SHEET_TASKS = 25;

/** Which tasks a list shows. */
export interface ListingQuery {
  filter: TaskFilter;
  /** The beginning of an id, a job hash, an output hash, an address or an identity, in lower case; empty for all. */
  search: string;
  /** Counted from 1; the last one where there are fewer. */
  sheet: number;
}

/** One sheet of a list of tasks. */
export interface Listing {
  /** The newest first. */
  entries: readonly Entry[];
  /** How many tasks are like that, on all sheets. */
  total: number;
  /** Whether there are others, which were not looked at and stand on no sheet. */
  isMore?: boolean;
  /** Who listed them, and up to which block it has read; absent where the page read them from the chain by itself. */
  indexer?: { host: string; block: number };
  /** Why the indexer's list is not shown. */
  failure?: ParityError;
}

/** Completes what a visitor typed to the beginning of a hash or an address; undefined where no such can begin so. */
export function prefixOf(search: string): string | undefined {
  const digits = search.startsWith("0x") ? search.slice(2) : search;
  return /^[0-9a-f]{0,64}$/.test(digits) ? `0x${digits}` : undefined;
}

/** How many sheets a list of so many tasks has: one at least. */
export function sheetsOf(total: number): number {
  return Math.max(1, Math.ceil(total / SHEET_TASKS));
}
