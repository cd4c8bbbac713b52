import type { Chart, Row } from "./results.ts";

/** What a part of the benchmarks gives. */
export interface Measured {
  rows: Row[];
  charts?: Chart[];
  /** Said below the table. */
  notes?: string[];
}

/** What every part is given. */
export interface Bench {
  /** Its own, removed afterwards. */
  directory: string;
  /** Whether once is enough, to see that it works. */
  isTrial: boolean;
  /** Says how far it is. */
  say: (line: string) => void;
  /** Undoes something in the end, also when the run is interrupted. */
  later: (undo: () => Promise<unknown>) => void;
}

/** A part that can be measured by its name. */
export interface BenchPart {
  heading: string;
  measure(bench: Bench): Promise<Measured>;
}

const MIB = 1024 ** 2;

/** Bytes in mebibytes, as the table shows them. */
export function mebibytes(bytes: number): number {
  return bytes / MIB;
}
