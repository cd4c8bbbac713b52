import { grouped } from "./amount.ts";

const units = ["KiB", "MiB", "GiB", "TiB"] as const;

/** Shows a number of bytes: `12 bytes`, `1.5 MiB`. */
export function formatSize(bytes: number): string {
  if (bytes < 1_024) return `${bytes} ${bytes === 1 ? "byte" : "bytes"}`;
  const power = Math.min(units.length, Math.floor(Math.log2(bytes) / 10));
  const value = bytes / 1_024 ** power;
  return `${value < 10 ? Math.round(value * 10) / 10 : grouped(String(Math.round(value)))} ${units[power - 1]}`;
}

/** A count with its noun. */
export function counted(count: number, noun: string, plural = `${noun}s`): string {
  return `${grouped(String(count))} ${count === 1 ? noun : plural}`;
}
