import type { Head } from "./head.ts";

type Timed = Pick<Head, "number" | "timestamp">;

/** How many heads are remembered, and how many it takes before they say anything. */
const remembered = 16;
const telling = 5;

/** No chain that makes blocks by itself is slower, seconds; one that waits for transactions has no pace. */
const slowest = 60;

/**
 * Measures how fast blocks come. Only the fastest pace among the last heads counts: who asks wants to know what could still be done
 * in time, and a guess that is too slow would give up what could be saved.
 */
export class BlockPace {
  readonly #heads: Timed[] = [];

  /** Takes a head into account; a chain that went back is measured anew. */
  observe({ number, timestamp }: Timed): void {
    const last = this.#heads.at(-1);
    if (last && number <= last.number) this.#heads.length = 0;
    this.#heads.push({ number, timestamp });
    if (this.#heads.length > remembered) this.#heads.shift();
  }

  /** Seconds from one block to the next, at the least; 0 while it is not known, and where blocks come when there is something to do. */
  get secondsPerBlock(): number {
    if (this.#heads.length < telling) return 0;
    const fastest = Math.min(...this.#heads.slice(1).map((head, i) => paceBetween(this.#heads[i], head)));
    return fastest > slowest ? 0 : fastest;
  }

  /** Counts the blocks that come before a time; endless while the pace is not known. */
  blocksUntil(deadline: number, now: number): number {
    const pace = this.secondsPerBlock;
    return pace === 0 ? Number.POSITIVE_INFINITY : Math.max(0, deadline - now) / pace;
  }
}

function paceBetween(from: Timed | undefined, to: Timed): number {
  return from ? (to.timestamp - from.timestamp) / Number(to.number - from.number) : 0;
}
