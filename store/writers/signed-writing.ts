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
  pace: Pace;
}

/** Bounds what one peer, or one writer, can make the store check. */
export interface Pace {
  /** @throws STORE_BUSY */
  requirePace: (key: string) => void;
  /** Takes so much of what is left, or all of it. */
  charge: (key: string, cost: number) => void;
}

/** Makes a rate limit the bound of a pace. */
export function paceOf(limit: RateLimit): Pace {
  return {
    requirePace: (key) => {
      const refusal = limit.take(key, 1, Date.now());
      if (refusal) throw busy(refusal.retryAfterSeconds);
    },
    charge: (key, cost) => {
      while (cost >= 1 && limit.take(key, cost, Date.now())) cost /= 2;
    },
  };
}

/** Says when to come again. */
export function busy(retryAfterSeconds: number): ParityError {
  return new ParityError("STORE_BUSY", `Too many requests; the next one is taken in ${retryAfterSeconds} s.`, {
    details: { retryAfterSeconds },
  });
}
