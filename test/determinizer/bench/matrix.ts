import { availableParallelism } from "node:os";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { type Bench, runDeterminized, runPlainly } from "../support/determinized.ts";
import type { Cell, Level } from "./cell.ts";

const levels: readonly Level[] = ["plain", "standard@1", "strict@1"];

/** Every second run happens while all CPUs are busy with something else. */
async function distinct(runs: number, show: () => Promise<string>, seen = new Set<string>()): Promise<number> {
  for (let index = 0; index < runs; index++) {
    const busy = index % 2 === 0 ? [] : Array.from({ length: availableParallelism() }, () => new Worker("for(;;);", { eval: true }));
    seen.add(await show());
    await Promise.all(busy.map((worker) => worker.terminate()));
  }
  return seen.size;
}

/** A comparison of commands, by name, over all engines. */
export interface Comparison {
  /** What the commands are called together, such as "sources". */
  what: string;
  commands: Readonly<Record<string, readonly string[]>>;
  /** Whether those that never differ have a row too. */
  isWhole: boolean;
  runsPerEngine: number;
}

/** Tells for each command and level how many different showings there were, over the runs in all engines. */
export async function compareInCells(cells: readonly Cell[], { what, commands, isWhole, runsPerEngine }: Comparison): Promise<string> {
  const rows: string[] = [];
  const differing = levels.map(() => 0);
  for (const [name, command] of Object.entries(commands)) {
    const counts: number[] = [];
    for (const level of levels) counts.push(await distinctOver(cells, { level, command, runs: runsPerEngine }));
    counts.forEach((count, index) => {
      if (count > 1) differing[index] = (differing[index] ?? 0) + 1;
    });
    if (isWhole || counts.some((count) => count > 1)) rows.push(`| ${name} | ${counts.join(" | ")} |`);
  }
  return [
    `| different showings in ${runsPerEngine * cells.length} runs | plain | standard@1 | strict@1 |`,
    "|---|---|---|---|",
    `| **${what} that differ, of ${Object.keys(commands).length}** | **${differing.join("** | **")}** |`,
    ...rows,
  ].join("\n");
}

async function distinctOver(cells: readonly Cell[], shown: { level: Level; command: readonly string[]; runs: number }): Promise<number> {
  const seen = new Set<string>();
  for (const cell of cells) await distinct(shown.runs, () => cell.show(shown.level, shown.command), seen);
  return seen.size;
}

/** Programs of the machine, without a container. */
export const programs = (bench: Bench): Readonly<Record<string, readonly string[]>> => {
  const probe = (name: string) => join(bench.directory, "probes", name);
  return {
    "python: threads": ["/usr/bin/python3", probe("threads.py")],
    "python: thread pool and process pool": ["/usr/bin/python3", probe("processes.py")],
    "python: a day of sleep (plainly killed after a minute), time-outs, alarms, asyncio, uuid": ["/usr/bin/python3", probe("time.py")],
    "node: worker threads, Date, Math.random": [process.execPath, probe("workers.cjs")],
    "bash: jobs, pipes, tar, perl, openssl, make, /proc": ["bash", probe("shell.sh")],
    "ls -laR /etc": ["ls", "-laR", "/etc"],
    "openssl genrsa 2048": ["openssl", "genrsa", "2048"],
    "perl: hash order, rand, time": ["perl", "-e", 'print join(",", keys %{{map {$_ => 1} "a".."z"}}), rand, time'],
  };
};

/** Tells how many different showings a program had plainly and under the determinizer. */
export async function comparePrograms(bench: Bench, runs: number): Promise<string> {
  const rows: string[] = [];
  for (const [name, command] of Object.entries(programs(bench))) {
    const show = (start: () => Promise<{ exitCode: number; stdout: string }>) =>
      distinct(runs, async () => {
        const { exitCode, stdout } = await start();
        return `${exitCode}\n${stdout}`;
      });
    const counts = [await show(() => runPlainly(command)), await show(() => runDeterminized(bench, command))];
    rows.push(`| ${name} | ${counts.join(" | ")} |`);
  }
  return [`| different outputs in ${runs} runs | plainly | under the determinizer |`, "|---|---|---|", ...rows].join("\n");
}
