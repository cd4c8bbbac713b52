import type { JobLimits } from "@parity-protocol/sdk";
import { outputVolumeOptions } from "../determinism/profile.ts";
import type { Engine } from "../engine/connect.ts";
import { discardCell, type EmptyCell, isHeld, makeEmptyCell } from "./cell.ts";

/**
 * Empty cells made before there is a job for them, since making one takes longer than many a job. Each is used for one run and then
 * removed like any other; what a crash leaves of them is swept by their owner's name.
 */
export class SpareCells {
  readonly #engine: Engine;
  readonly #owner: string;
  readonly #count: number;
  /** All of one kind: that of the jobs that came last. */
  #volumeOptions: string | undefined;
  #spares: Promise<EmptyCell | undefined>[] = [];
  #isClosed = false;

  /** @param options.count how many are kept at most */
  constructor(engine: Engine, options: { owner: string; count: number }) {
    this.#engine = engine;
    this.#owner = options.owner;
    this.#count = options.count;
  }

  /** Begins to make as many spare cells for jobs of such limits as are kept. */
  stock(limits: JobLimits): void {
    const volumeOptions = outputVolumeOptions({ limits });
    if (volumeOptions !== this.#volumeOptions) void this.#discard();
    this.#volumeOptions = volumeOptions;
    while (!this.#isClosed && this.#spares.length < this.#count) this.#spares.push(this.#make(volumeOptions).catch(() => undefined));
  }

  /** Takes an empty cell for a job, a spare one where there is one. @throws ENGINE_UNSUPPORTED, ENGINE_FAILED */
  async take(limits: JobLimits): Promise<EmptyCell> {
    const volumeOptions = outputVolumeOptions({ limits });
    while (volumeOptions === this.#volumeOptions && this.#spares.length > 0) {
      const spare = await this.#spares.shift();
      if (!spare) continue;
      if (await this.#isUsable(spare)) return spare;
      await this.#remove(spare);
    }
    return this.#make(volumeOptions);
  }

  /** Removes every spare cell, and makes no more. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#discard();
  }

  async #isUsable({ cell, emptyMark }: EmptyCell): Promise<boolean> {
    return emptyMark.then(() => isHeld(this.#engine, cell)).catch(() => false);
  }

  async #make(volumeOptions: string): Promise<EmptyCell> {
    return makeEmptyCell(this.#engine, { owner: this.#owner, volumeOptions });
  }

  async #discard(): Promise<void> {
    const removals = this.#spares.splice(0).map(async (making) => {
      const spare = await making;
      if (spare) await this.#remove(spare);
    });
    await Promise.all(removals);
  }

  /** What cannot be removed now is swept at the owner's next start. */
  async #remove(spare: EmptyCell): Promise<void> {
    await discardCell(this.#engine, spare).catch(() => undefined);
  }
}
