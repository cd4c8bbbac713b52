import { setTimeout as pause } from "node:timers/promises";
import {
  getTaskEvents,
  isParityError,
  type Phase,
  type Task,
  type TaskEvent,
  type TaskState,
  type WaitedResult,
  waitForResult,
} from "@parity-protocol/sdk";
import type { TaskPlace } from "./find-task.ts";

const POLL_MS = 500;

/** What to tell while a task goes on. */
export interface FollowRequest {
  task: Pick<Task, "taskId" | "blockNumber">;
  place: TaskPlace;
  until: "decided" | "closed";
  onEvent: (event: TaskEvent) => void;
  onPhase?: (phase: Phase, state: TaskState) => void;
}

/** Waits for a task's result and tells every event of it once, in order; those of the end are told before it resolves. */
export async function followTask({ task, place, until, onEvent, onPhase }: FollowRequest): Promise<WaitedResult> {
  const { client, escrow, signal } = place;
  const { taskId, blockNumber: fromBlock } = task;
  let told = 0;
  const tellNew = async () => {
    const events = await getTaskEvents(client, { escrow, taskId, fromBlock, signal });
    for (const event of events.slice(told)) onEvent(event);
    told = Math.max(told, events.length);
  };
  const end = new AbortController();
  const telling = keepTelling(tellNew, AbortSignal.any([end.signal, signal]));
  try {
    const result = await waitForResult(client, { escrow, taskId, until, signal, pollMs: POLL_MS, ...(onPhase ? { onPhase } : {}) });
    end.abort();
    await telling;
    await tellNew();
    return result;
  } finally {
    end.abort();
    await telling;
  }
}

async function keepTelling(tellNew: () => Promise<void>, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    try {
      await tellNew();
      await pause(POLL_MS, undefined, { signal });
    } catch (error) {
      // The end, or an RPC that fails for a while: waitForResult decides which failures matter.
      if (!signal.aborted && !isParityError(error)) throw error;
      if (!signal.aborted) await pause(POLL_MS, undefined, { signal }).catch(() => undefined);
    }
  }
}
