import { type Bench, processorMsOf, run } from "../support/determinized.ts";
import { type Cell, type Level, sourceCommand } from "./cell.ts";

const median = (values: number[]) => [...values].sort((left, right) => left - right)[values.length >> 1] ?? 0;

async function medianOf(times: number, measure: () => Promise<number>): Promise<number> {
  const values: number[] = [];
  for (let index = 0; index < times; index++) values.push(await measure());
  return median(values);
}

async function msOf(action: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await action();
  return performance.now() - start;
}

const python = (code: string) => ["/usr/bin/python3", "-c", code];

/** Each command stresses one thing that the determinizer makes dearer. */
const commands: Readonly<Record<string, readonly string[]>> = {
  "a trivial program": ["/bin/true"],
  "python starts": python("pass"),
  "node starts": [process.execPath, "-e", "0"],
  "python imports ssl, asyncio, http": python("import ssl, asyncio, http.client"),
  "computing: 5 million steps in python": python("sum(i * i for i in range(5000000))"),
  "a million clock reads in python": python("import time\nfor _ in range(1000000): time.monotonic()"),
  "20,000 calls of stat in python": python("import os\nfor _ in range(20000): os.stat('/etc/passwd')"),
  "200 programs started by a shell": ["sh", "-c", "i=0; while [ $i -lt 200 ]; do /bin/true; i=$((i+1)); done"],
  "find over /usr/lib": ["find", "/usr/lib", "-newer", "/etc/passwd", "-name", "nothing"],
};

/** Processor time: unlike what a clock shows, it does not grow with what else the machine does. */
async function measureCommands(bench: Bench): Promise<string[]> {
  const rows: string[] = [];
  for (const [name, command] of Object.entries(commands)) {
    const plainly = await medianOf(3, () => processorMsOf(command));
    const traced = await medianOf(3, () => processorMsOf(command, bench));
    rows.push(`| ${name} | ${plainly.toFixed(0)} | ${traced.toFixed(0)} | ${(traced / plainly).toFixed(2)} |`);
  }
  return rows;
}

/** Start to removed, as a submitter's `parity run` does it, without the check of the image. */
async function measureContainers(cell: Cell): Promise<string[]> {
  const times = new Map<Level, number>();
  for (const level of ["plain", "standard@1", "strict@1"] as const)
    times.set(level, await medianOf(9, () => msOf(() => cell.show(level, sourceCommand("own_pid")))));
  return [...times].map(([level, ms]) => `| ${level} | ${ms.toFixed(0)} |`);
}

/** Measures medians in milliseconds, on whatever this machine is and does meanwhile. */
export async function measureCosts(bench: Bench, cell: Cell): Promise<string> {
  const load = (await run("cat", ["/proc/loadavg"])).stdout.split(" ")[0];
  return [
    `Load of the machine when it was measured: ${load}.`,
    "",
    "| processor time without a container, ms | plainly | determinizer | times |",
    "|---|---|---|---|",
    ...(await measureCommands(bench)),
    "",
    "| a trivial job in a container, create to removed, ms | |",
    "|---|---|",
    ...(await measureContainers(cell)),
  ].join("\n");
}
