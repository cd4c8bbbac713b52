import { createContext, useContext, useSyncExternalStore } from "react";
import type { OpenNetwork } from "../network/open-network.ts";
import type { Ledger, Snapshot } from "./ledger.ts";

/** A network that is open, and what is known of it. */
export interface Opened extends OpenNetwork {
  ledger: Ledger;
}

export const OpenedContext = createContext<Opened | undefined>(undefined);

/** The network that the page shows; only below a frame that has opened one. */
export function useOpened(): Opened {
  const opened = useContext(OpenedContext);
  if (!opened) throw new TypeError("no network is open here");
  return opened;
}

/** What is known now. */
export function useSnapshot(): Snapshot {
  const { ledger } = useOpened();
  return useSyncExternalStore(ledger.subscribe, ledger.snapshot);
}

/** The chain's clock, unix seconds: goes on between two blocks, and a second at a time. 0 before the chain was heard. */
export function useNow(): number {
  const { clock } = useSnapshot();
  useSyncExternalStore(everySecond, () => Math.floor(performance.now() / 1_000));
  return clock ? Math.floor(clock.time.next + (performance.now() - clock.readAtMs) / 1_000) : 0;
}

const tickers = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | undefined;

/** One timer for all that counts on the page. */
function everySecond(tell: () => void): () => void {
  tickers.add(tell);
  timer ??= setInterval(() => {
    for (const tick of tickers) tick();
  }, 1_000);
  return () => {
    tickers.delete(tell);
    if (tickers.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}
