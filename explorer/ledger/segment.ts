import type { Hex, Task, TaskEvent } from "@parity-protocol/sdk";

/** What happened in the escrow in a range of blocks. Segments stand side by side, without gaps. */
export interface Segment {
  fromBlock: bigint;
  toBlock: bigint;
  /** Of `toBlock`: another one there means that a reorganisation took the segment away. */
  toHash: Hex;
  /** In the chain's order, each with its block's time. */
  events: readonly TaskEvent[];
  /** The tasks that were posted in the range. */
  tasks: readonly Task[];
}

/** A segment grows up to so many events, so that a new block does not rewrite everything that is kept. */
const GROWN_EVENTS = 500;

/** Adds a segment behind the last one: joins them while they are small. */
export function append(segments: readonly Segment[], next: Segment): Segment[] {
  const last = segments.at(-1);
  if (!last || last.events.length + next.events.length > GROWN_EVENTS) return [...segments, next];
  return [...segments.slice(0, -1), joined(last, next)];
}

/** Counts the tasks that were posted in some segments. */
export function countTasks(segments: readonly Segment[]): number {
  return segments.reduce((count, { tasks }) => count + tasks.length, 0);
}

/** Drops the oldest segments while what is left still has so many tasks. */
export function bounded(segments: readonly Segment[], mostTasks: number): Segment[] {
  let first = 0;
  let left = countTasks(segments);
  while (first < segments.length - 1 && left - (segments[first]?.tasks.length ?? 0) >= mostTasks) {
    left -= segments[first]?.tasks.length ?? 0;
    first += 1;
  }
  return segments.slice(first);
}

/** Keeps the longest run of segments without a gap that ends with the newest: what a torn write left behind is read again. */
export function contiguous(segments: readonly Segment[]): Segment[] {
  const sorted = [...segments].sort((a, b) => (a.fromBlock < b.fromBlock ? -1 : 1));
  let first = sorted.length - 1;
  while (first > 0 && sorted[first - 1]?.toBlock === (sorted[first]?.fromBlock ?? 0n) - 1n) first -= 1;
  return sorted.slice(Math.max(0, first));
}

function joined(first: Segment, second: Segment): Segment {
  return {
    fromBlock: first.fromBlock,
    toBlock: second.toBlock,
    toHash: second.toHash,
    events: [...first.events, ...second.events],
    tasks: [...first.tasks, ...second.tasks],
  };
}
