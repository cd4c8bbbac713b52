import { ParityError } from "@parity-protocol/sdk";
import type { RateLimit } from "../http/rate-limit.ts";
import type { Quota } from "./quota.ts";
import type { TaskFacts } from "./task-facts.ts";

/** What a store needs to take signed writes. */
export interface SignedWriting {
  facts: TaskFacts;
  quota: Quota;
  /** What this store is called in locations, normalised. */
  publicUrls: readonly string[];
  /** How long after its close a task's output is taken, in seconds. */
  dueSeconds: number;
  /** Bounds what one peer, or one writer, can make the store check. @throws STORE_BUSY */
  requirePace(key: string, cost: number): void;
}

/** Makes the bound of one key's pace an error. */
export function paceOf(limit: RateLimit): SignedWriting["requirePace"] {
  return (key, cost) => {
    const refusal = limit.take(key, cost, Date.now());
    if (refusal) throw busy(refusal.retryAfterSeconds);
  };
}

/** Says when to come again. */
export function busy(retryAfterSeconds: number): ParityError {
  return new ParityError("STORE_BUSY", `Too many requests; the next one is taken in ${retryAfterSeconds} s.`, {
    details: { retryAfterSeconds },
  });
}
