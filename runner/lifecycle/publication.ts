import { type Hex, isParityError, pause } from "@parity-protocol/sdk";
import type { TaskRecord } from "../journal/records.ts";
import { fault } from "../telemetry/log.ts";
import type { LifeDeps } from "./life-deps.ts";
import { publish } from "./steps/publish.ts";

/** With the pauses below: about ten minutes. Another matching runner has the output as well. */
const maxAttempts = 14;
const firstPauseMs = 500;
const longestPauseMs = 60_000;

/** Publishes one task's output beside everything else, so that nothing waits for an upload but the end of the task. */
export class Publication {
  readonly #deps: LifeDeps;
  readonly #taskId: Hex;
  readonly #signal: AbortSignal;
  readonly #onEnd: () => void;
  #running: Promise<void> | undefined;
  #isFirstTry = false;

  constructor(deps: LifeDeps, taskId: Hex, { signal, onEnd }: { signal: AbortSignal; onEnd: () => void }) {
    this.#deps = deps;
    this.#taskId = taskId;
    this.#signal = signal;
    this.#onEnd = onEnd;
  }

  get hasBegun(): boolean {
    return this.#running !== undefined;
  }

  /** Whether the first attempt is under way: what would be forgotten with the slot, once it is paid, is worth waiting for so long. */
  get isFirstTry(): boolean {
    return this.#isFirstTry;
  }

  /** Starts the upload; does nothing when it was started. */
  begin(record: TaskRecord, identity: Hex): void {
    this.#isFirstTry ||= this.#running === undefined;
    this.#running ??= this.#untilTaken(record, identity).finally(() => this.#endFirstTry());
  }

  /** Waits until the output is at a store or was given up. */
  async ended(): Promise<void> {
    await this.#running;
  }

  async #untilTaken({ output, task }: TaskRecord, identity: Hex): Promise<void> {
    if (!output) return;
    const stores = this.#deps.stores.forOutput(task.location, { taskId: this.#taskId, identity });
    const { journal, log, metrics } = this.#deps;
    for (let attempt = 1; attempt <= maxAttempts && !this.#signal.aborted; attempt++) {
      const startedAtMs = performance.now();
      try {
        await publish({ ...this.#deps, stores }, { taskId: this.#taskId, identity, output, signal: this.#signal });
        metrics.steps.inc({ verb: "publish", outcome: "done" });
        const fields = { outputHash: output.outputHash, blobs: output.blobs.length };
        journal.note(this.#taskId, "Output published", fields);
        log.info(
          { taskId: this.#taskId, step: "publish", durationMs: Math.round(performance.now() - startedAtMs), ...fields },
          "Output published",
        );
        return;
      } catch (error) {
        if (!(await this.#goesOnAfter(error, attempt))) return;
      }
    }
  }

  #endFirstTry(): void {
    this.#isFirstTry = false;
    this.#onEnd();
  }

  async #goesOnAfter(error: unknown, attempt: number): Promise<boolean> {
    if (this.#signal.aborted) return false;
    const { log, metrics } = this.#deps;
    metrics.steps.inc({ verb: "publish", outcome: "fault" });
    const isFinal = attempt === maxAttempts || (isParityError(error) && !error.isRetryable);
    const fields = { taskId: this.#taskId, attempt, ...fault(error) };
    if (isFinal) log.error(fields, "Output was not published");
    else log.warn(fields, "Publishing failed");
    if (isFinal) return false;
    this.#endFirstTry();
    await pause(Math.min(longestPauseMs, firstPauseMs * 2 ** (attempt - 1)), this.#signal).catch(() => undefined);
    return true;
  }
}
