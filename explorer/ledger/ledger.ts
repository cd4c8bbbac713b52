import type { ChainTime, ParityError } from "@parity-protocol/sdk";
import type { OpenNetwork } from "../network/open-network.ts";
import { POLL_MS } from "../network/open-network.ts";
import { type Book, bookOf, emptyBook } from "./book.ts";
import { FIRST_TASKS, followChain, type Known, MOST_TASKS, WINDOW_BLOCKS } from "./follow-chain.ts";
import { segmentStore } from "./segment-store.ts";

/** What the page knows at a moment. Unchanged parts keep their identity. */
export interface Snapshot {
  book: Book;
  known: Known | undefined;
  /** The chain's clock, and when it was read, by `performance.now()`. */
  clock: { time: ChainTime; readAtMs: number } | undefined;
  failure: ParityError | undefined;
}

/** Everything that is known of one escrow, kept up to date. */
export interface Ledger {
  snapshot: () => Snapshot;
  subscribe: (tell: () => void) => () => void;
  /** Reads more of the past. */
  readOlder(): void;
  stop(): void;
}

/** Starts to follow an escrow. */
export function openLedger({ client, network }: OpenNetwork): Ledger {
  const stopping = new AbortController();
  const listeners = new Set<() => void>();
  let snapshot: Snapshot = { book: emptyBook, known: undefined, clock: undefined, failure: undefined };
  let wanted = FIRST_TASKS;
  const change = (part: Partial<Snapshot>) => {
    snapshot = { ...snapshot, ...part };
    for (const tell of listeners) tell();
  };
  void followChain({
    client,
    escrow: network.escrow,
    deployedAtBlock: BigInt(network.deployedAtBlock),
    signal: stopping.signal,
    pace: { maxRange: WINDOW_BLOCKS },
    store: segmentStore(network),
    pollMs: POLL_MS,
    wanted: () => wanted,
    whenVisible,
    listener: {
      onKnown: (known) => isNews(known, snapshot.known) && change({ known, book: bookOf(known, snapshot.book) }),
      onTime: (time) => change({ clock: { time, readAtMs: performance.now() } }),
      onFailure: (failure) => failure !== snapshot.failure && change({ failure }),
    },
  });
  return {
    snapshot: () => snapshot,
    subscribe(tell) {
      listeners.add(tell);
      return () => listeners.delete(tell);
    },
    readOlder: () => {
      wanted = Math.min(MOST_TASKS, wanted + FIRST_TASKS);
    },
    stop: () => stopping.abort(),
  };
}

function isNews(known: Known, before: Known | undefined): boolean {
  return (
    known.head.hash !== before?.head.hash ||
    known.settled !== before?.settled ||
    known.tail !== before?.tail ||
    known.isPaused !== before?.isPaused ||
    known.isComplete !== before?.isComplete
  );
}

/** A page that nobody looks at asks nothing. */
function whenVisible(): Promise<void> {
  if (!document.hidden) return Promise.resolve();
  return new Promise((resolve) => document.addEventListener("visibilitychange", () => resolve(), { once: true }));
}
