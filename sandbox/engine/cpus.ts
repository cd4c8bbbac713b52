import { callEngine } from "./call.ts";
import type { Engine } from "./connect.ts";
import { cpusLabel } from "./labels.ts";

/**
 * Chooses the CPUs with the fewest jobs on them, over all runners that share the engine, as a cpuset such as "0,3". Two that choose at the
 * same moment may choose the same: that costs time, not correctness.
 */
export async function chooseCpus(engine: Engine, count: number): Promise<string> {
  const filters = { label: [cpusLabel], status: ["created", "running"] };
  const jobs = await callEngine("list containers", (abortSignal) => engine.docker.listContainers({ all: true, filters, abortSignal }));
  const taken = jobs.flatMap((job) => (job.Labels[cpusLabel] ?? "").split(",").map(Number));
  return leastTaken(taken, { cpus: engine.cpus, count, first: Math.floor(Math.random() * engine.cpus) });
}

/** Returns the `count` least taken of `cpus` CPUs, in ascending order; among equals, those from `first` on. */
export function leastTaken(taken: readonly number[], machine: { cpus: number; count: number; first: number }): string {
  const load = Array.from({ length: machine.cpus }, (_, cpu) => taken.filter((other) => other === cpu).length);
  const turn = (cpu: number) => (cpu - machine.first + machine.cpus) % machine.cpus;
  const ranked = [...load.keys()].sort((a, b) => (load[a] ?? 0) - (load[b] ?? 0) || turn(a) - turn(b));
  return ranked
    .slice(0, machine.count)
    .sort((a, b) => a - b)
    .join(",");
}
