import { openSync, writeSync } from "node:fs";

const counts = new Map<string, number>();
const target = process.env.CRASH_AT;
const trace = openSync(process.env.CRASH_TRACE ?? "/dev/null", "a");

/** Notes that the program is at a boundary, and kills it where this is the one to die at. The first crossing has no number. */
export function cross(label: string): void {
  const count = (counts.get(label) ?? 0) + 1;
  counts.set(label, count);
  const name = count === 1 ? label : `${label} (${count})`;
  writeSync(trace, `${Math.round(performance.timeOrigin + performance.now())} ${name}\n`);
  if (name === target) die();
}

/** Crosses the boundaries before and after an act. */
export async function around<T>(label: string, act: () => Promise<T>): Promise<T> {
  cross(`before ${label}`);
  const result = await act();
  cross(`after ${label}`);
  return result;
}

function die(): never {
  process.kill(process.pid, "SIGKILL");
  for (;;) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
}
