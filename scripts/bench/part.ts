import type { Chart, Row } from "./results.ts";

/** What a part of the benchmarks gives. */
export interface Measured {
  rows: Row[];
  charts?: Chart[];
  /** Said below the table. */
  notes?: string[];
}

/** A part that can be measured by its name. */
export interface BenchPart {
  heading: string;
  measure(directory: string): Promise<Measured>;
}

const MIB = 1024 ** 2;

/** Bytes in mebibytes, as the table shows them. */
export function mebibytes(bytes: number): number {
  return bytes / MIB;
}
