/** Lets one task rest until a time or until something happens, whichever is first. A wake-up that comes while nobody rests is kept. */
export class Alarm {
  #isDue = false;
  #ring: (() => void) | undefined;

  /** Ends the rest, or the next one. */
  wake(): void {
    this.#isDue = true;
    this.#ring?.();
  }

  /** Forgets a wake-up that what follows takes into account anyway. */
  reset(): void {
    this.#isDue = false;
  }

  /** Rests at most `ms` milliseconds. */
  async rest(ms: number): Promise<void> {
    if (!this.#isDue)
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, Math.min(ms, longestTimerMs));
        this.#ring = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    this.#ring = undefined;
    this.#isDue = false;
  }
}

/** setTimeout cannot count further. */
const longestTimerMs = 2 ** 31 - 1;
