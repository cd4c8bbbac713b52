import type { Hex, JobLimits } from "@parity-protocol/sdk";

/** What all running jobs may use together. */
export interface CapacityBounds {
  /** Jobs at a time. */
  concurrency: number;
  cpus: number;
  memoryBytes: number;
}

interface Waiting {
  limits: JobLimits;
  wake: () => void;
}

/** Counts what the jobs of this runner use of the host, from the reservation of a slot to the end of the run. Never overcommits. */
export class Capacity {
  readonly #bounds: CapacityBounds;
  readonly #held = new Map<Hex, JobLimits>();
  readonly #waiting = new Map<Hex, Waiting>();
  /** Those that are made ready while there is no room for them. */
  readonly #ahead = new Set<Hex>();

  constructor(bounds: CapacityBounds) {
    this.#bounds = bounds;
  }

  /** Says whether a task has its share already or could take it now. */
  hasRoomFor(taskId: Hex, limits: JobLimits): boolean {
    return this.#held.has(taskId) || this.#fits([...this.#held.values(), limits]);
  }

  /** Takes a task's share; false where there is no room. Once is enough. */
  take(taskId: Hex, limits: JobLimits): boolean {
    if (!this.hasRoomFor(taskId, limits)) return false;
    this.#held.set(taskId, limits);
    this.#waiting.delete(taskId);
    this.#leaveLine(taskId);
    return true;
  }

  /**
   * Says whether a task that there is no room for is among the next in line, which are as many as run at a time: those can be made ready
   * meanwhile, and no more, so that nobody can make a busy runner fill its disk.
   */
  isNextInLine(taskId: Hex): boolean {
    if (this.#ahead.size < this.#bounds.concurrency) this.#ahead.add(taskId);
    return this.#ahead.has(taskId);
  }

  /** What no job in hand has. */
  get free(): { slots: number; cpus: number; memoryBytes: number } {
    const { concurrency, cpus, memoryBytes } = this.#bounds;
    const held = [...this.#held.values()];
    const left = (whole: number, of: (limits: JobLimits) => number) => held.reduce((rest, job) => rest - of(job), whole);
    return {
      slots: Math.max(0, concurrency - held.length),
      cpus: left(cpus, (job) => job.cpus),
      memoryBytes: left(memoryBytes, (job) => job.memoryBytes),
    };
  }

  /** What the outputs of the jobs in hand may still take on the disk, bytes. */
  get promisedDiskBytes(): number {
    return [...this.#held.values()].reduce((sum, { outputBytes }) => sum + outputBytes, 0);
  }

  /** Has a task woken once there may be room for it, in the order in which they asked; once. */
  wait(taskId: Hex, limits: JobLimits, wake: () => void): void {
    this.#waiting.set(taskId, { limits, wake });
  }

  /** Gives back a task's share or its place among those who wait, whichever it has. */
  release(taskId: Hex): void {
    this.#held.delete(taskId);
    this.#waiting.delete(taskId);
    this.#leaveLine(taskId);
    this.#wakeThoseThatFit();
  }

  /** The first of those that wait without a place among the next takes the one that became free. */
  #leaveLine(taskId: Hex): void {
    if (!this.#ahead.delete(taskId)) return;
    const [next] = [...this.#waiting].filter(([other]) => !this.#ahead.has(other));
    next?.[1].wake();
  }

  /** Wakes no more than there is room for together: each looks at the chain before it takes its share. */
  #wakeThoseThatFit(): void {
    const expected = [...this.#held.values()];
    for (const [taskId, { limits, wake }] of this.#waiting) {
      if (!this.#fits([...expected, limits])) continue;
      expected.push(limits);
      this.#waiting.delete(taskId);
      wake();
    }
  }

  #fits(jobs: readonly JobLimits[]): boolean {
    const { concurrency, cpus, memoryBytes } = this.#bounds;
    const sum = (of: (limits: JobLimits) => number) => jobs.reduce((total, job) => total + of(job), 0);
    return jobs.length <= concurrency && sum((job) => job.cpus) <= cpus && sum((job) => job.memoryBytes) <= memoryBytes;
  }
}
