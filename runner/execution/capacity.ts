import type { Hex, JobLimits } from "@parity-protocol/sdk";

/** What all running jobs may use together. */
export interface CapacityBounds {
  /** Jobs at a time. */
  concurrency: number;
  cpus: number;
  memoryBytes: number;
}

/** Counts what the jobs of this runner use of the host, from the reservation of a slot to the end of the run. Never overcommits. */
export class Capacity {
  readonly #bounds: CapacityBounds;
  readonly #held = new Map<Hex, JobLimits>();
  readonly #onRelease: () => void;

  /** @param onRelease called when something was given back */
  constructor(bounds: CapacityBounds, onRelease: () => void) {
    this.#bounds = bounds;
    this.#onRelease = onRelease;
  }

  get jobs(): number {
    return this.#held.size;
  }

  /** Says whether a task has its share already or could take it now. */
  hasRoomFor(taskId: Hex, limits: JobLimits): boolean {
    if (this.#held.has(taskId)) return true;
    const held = [...this.#held.values()];
    const sum = (of: (limits: JobLimits) => number) => held.reduce((total, other) => total + of(other), of(limits));
    const { concurrency, cpus, memoryBytes } = this.#bounds;
    return held.length < concurrency && sum((job) => job.cpus) <= cpus && sum((job) => job.memoryBytes) <= memoryBytes;
  }

  /** Takes a task's share; false where there is no room. Once is enough. */
  take(taskId: Hex, limits: JobLimits): boolean {
    if (!this.hasRoomFor(taskId, limits)) return false;
    this.#held.set(taskId, limits);
    return true;
  }

  /** Gives a task's share back, if it has one. */
  release(taskId: Hex): void {
    if (this.#held.delete(taskId)) this.#onRelease();
  }
}
