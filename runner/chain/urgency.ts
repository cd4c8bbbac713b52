/** How much a transaction hurries. */
export interface Urgency {
  /** How many times the usual tip it offers. */
  tipTimes: bigint;
  /** How long it may stay unmined before it is replaced by one that pays more, milliseconds. */
  replaceMs: number;
}

/** Fewer blocks than the first number are left: so much is offered. */
const tiers: readonly [blocks: number, tipTimes: bigint][] = [
  [3, 8n],
  [6, 4n],
  [12, 2n],
];

/**
 * Says how much a call hurries whose deadline is so many blocks and milliseconds away: the fewer blocks are left, the more it pays,
 * and it is replaced in time for four attempts.
 * @param left undefined where the call has no deadline
 */
export function urgencyOf(left: { blocks: number; ms: number } | undefined, usualReplaceMs: number): Urgency {
  if (!left) return { tipTimes: 1n, replaceMs: usualReplaceMs };
  const tier = tiers.find(([blocks]) => left.blocks < blocks);
  return { tipTimes: tier?.[1] ?? 1n, replaceMs: Math.min(usualReplaceMs, Math.max(1_000, left.ms / 4)) };
}
