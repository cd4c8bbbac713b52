/** Finds the known word that a mistyped one most likely means: at most two slips, or one in three letters, away. */
export function nearest(word: string, known: readonly string[]): string | undefined {
  const scored = known.map((candidate) => ({ candidate, slips: slipsBetween(word.toLowerCase(), candidate.toLowerCase()) }));
  scored.sort((a, b) => a.slips - b.slips);
  const best = scored[0];
  return best && best.slips <= Math.max(1, Math.min(3, Math.floor(best.candidate.length / 3))) ? best.candidate : undefined;
}

/** Counts the insertions, deletions and replacements that turn one word into another; bounded to short words. */
function slipsBetween(a: string, b: string): number {
  if (Math.abs(a.length - b.length) > 3 || a.length > 64) return Number.POSITIVE_INFINITY;
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
