import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { loadavg } from "node:os";

/** The middle of some values; NaN of none. */
export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

/** How long something takes, milliseconds. */
export async function timed(act: () => Promise<unknown>): Promise<number> {
  const startedAtMs = performance.now();
  await act();
  return performance.now() - startedAtMs;
}

/** What else the machine does: processes that want a processor, on average over a minute. */
export function load(): string {
  return (loadavg()[0] ?? 0).toFixed(1);
}

/** The most memory that a process ever had, bytes. */
export function peakBytes(pid: number | undefined): number {
  return memoryLine(pid, "VmHWM");
}

/** The memory that a process has, bytes. */
export function residentBytes(pid: number | undefined): number {
  return memoryLine(pid, "VmRSS");
}

/** The memory of a Node that does nothing, bytes: what every program here begins with. */
export async function idleNodeBytes(): Promise<number> {
  const child = spawn(process.execPath, ["-e", "console.log(); setInterval(() => {}, 1e6)"], { stdio: ["ignore", "pipe", "inherit"] });
  try {
    await once(child.stdout, "data");
    return residentBytes(child.pid);
  } finally {
    child.kill("SIGKILL");
    await once(child, "exit");
  }
}

function memoryLine(pid: number | undefined, name: string): number {
  const [, kib] = new RegExp(`^${name}:\\s+(\\d+) kB`, "m").exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
  return Number(kib) * 1_024;
}
