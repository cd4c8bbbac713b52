import { createStore, del, set, values } from "idb-keyval";
import { contiguous, type Segment } from "./segment.ts";

/** Where segments are kept between two visits. */
export interface SegmentStore {
  load(): Promise<Segment[]>;
  keep(segment: Segment): Promise<void>;
  drop(segment: Segment): Promise<void>;
}

/** A kept segment has another form in each version. */
const VERSION = 1;

/** Keeps an escrow's segments in this browser. Where it keeps nothing (a private window, a full disk), the chain is read anew. */
export function segmentStore({ chainId, escrow }: { chainId: number; escrow: string }): SegmentStore {
  const name = `parity-ledger-${VERSION}-${chainId}-${escrow.toLowerCase()}`;
  const open = () => createStore(name, "segments");
  const keyOf = ({ fromBlock }: Segment) => fromBlock.toString();
  let store: ReturnType<typeof open> | undefined;
  const attempt = async <T>(use: (place: ReturnType<typeof open>) => Promise<T>, otherwise: T): Promise<T> => {
    try {
      store ??= open();
      return await use(store);
    } catch {
      // Only a convenience is lost: the page reads again what it could not keep.
      return otherwise;
    }
  };
  return {
    load: () => attempt(async (place) => contiguous(await values<Segment>(place)), []),
    keep: (segment) => attempt((place) => set(keyOf(segment), segment, place), undefined),
    drop: (segment) => attempt((place) => del(keyOf(segment), place), undefined),
  };
}
