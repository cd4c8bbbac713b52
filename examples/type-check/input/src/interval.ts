/** A half-open interval: `from` belongs to it, `to` does not. */
export interface Interval<Value = undefined> {
  readonly from: number;
  readonly to: number;
  readonly value: Value;
}

/** Says whether two intervals share a point. */
export function isOverlapping(a: Interval<unknown>, b: Interval<unknown>): boolean {
  return a.from < b.to && b.from < a.to;
}

/** Sorts by beginning, then by end; leaves what it is given as it was. */
export function sorted<Value>(intervals: readonly Interval<Value>[]): Interval<Value>[] {
  return intervals.toSorted((a, b) => a.from - b.from || a.to - b.to);
}
