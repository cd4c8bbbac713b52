/** The chain's time between blocks: the last time that was read, and what has passed since. The host's own clock plays no part. */
export interface ChainClock {
  /** Unix seconds, whole. */
  now(): number;
  /** Milliseconds until the clock shows `seconds`; not negative. */
  msUntil(seconds: number): number;
  /** Takes over a reading: whole unix seconds, cut off and not rounded. */
  set(seconds: number): void;
  /** Makes sure that the clock is not behind a block. */
  atLeast(seconds: number): void;
}

/**
 * Makes a clock that stands at 0 until it is first set.
 * @param monotonicMs a clock that never jumps, in milliseconds
 */
export function createChainClock(monotonicMs: () => number = () => performance.now()): ChainClock {
  let baseMs = 0;
  let readAtMs = monotonicMs();
  const nowMs = () => baseMs + monotonicMs() - readAtMs;
  const moveTo = (ms: number) => {
    baseMs = ms;
    readAtMs = monotonicMs();
  };
  return {
    now: () => Math.floor(nowMs() / 1_000),
    msUntil: (seconds) => Math.max(0, seconds * 1_000 - nowMs()),
    // The reading lost the fraction of its second: any estimate that agrees with it in whole seconds is better.
    set: (seconds) => moveTo(Math.min(Math.max(nowMs(), seconds * 1_000), seconds * 1_000 + 999)),
    atLeast: (seconds) => moveTo(Math.max(nowMs(), seconds * 1_000)),
  };
}
