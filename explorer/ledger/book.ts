import {
  byPlace,
  type CommitteeMember,
  committeeOf,
  type FoldedTask,
  type Hex,
  type Phase,
  phaseOf,
  stateOfEvents,
  type Task,
  type TaskEvent,
} from "@parity-protocol/sdk";
import type { Known } from "./follow-chain.ts";

/** A task with everything that happened to it. */
export interface Entry extends FoldedTask {
  task: Task;
  /** In the chain's order, each with its block's time. */
  events: readonly TaskEvent[];
  /** In the order of the slots. */
  members: readonly CommitteeMember[];
  /** Unix seconds. */
  postedAt: number;
}

/** All tasks that are known, the newest first. */
export interface Book {
  entries: readonly Entry[];
  byId: ReadonlyMap<Hex, Entry>;
}

export const emptyBook: Book = { entries: [], byId: new Map() };

/** Makes one task's entry from its events. */
export function entryOf(task: Task, events: readonly TaskEvent[]): Entry {
  const lastCommit = events.findLast(({ name }) => name === "ResultCommitted");
  return {
    task,
    events,
    members: committeeOf(events),
    postedAt: events.find(({ name }) => name === "TaskPosted")?.blockTime ?? 0,
    ...stateOfEvents(task.terms, events, lastCommit?.blockTime ?? 0),
  };
}

/** Gathers all tasks of what is known; entries that did not change are those of the `previous` book. */
export function bookOf({ settled, tail }: Known, previous: Book = emptyBook): Book {
  const segments = tail ? [...settled, tail] : settled;
  const events = eventsByTask(segments.flatMap((segment) => segment.events));
  const byId = new Map<Hex, Entry>();
  for (const task of segments.flatMap((segment) => segment.tasks)) {
    const own = events.get(task.taskId) ?? [];
    const before = previous.byId.get(task.taskId);
    byId.set(task.taskId, before && isSame(before.events, own) ? before : entryOf(task, own));
  }
  return { entries: [...byId.values()].reverse(), byId };
}

/** The phase of a task by the chain's clock, unix seconds. */
export function phaseAt({ state }: Entry, now: number): Phase {
  return phaseOf(state, now);
}

function eventsByTask(events: readonly TaskEvent[]): Map<Hex, TaskEvent[]> {
  const byTask = new Map<Hex, TaskEvent[]>();
  for (const event of events) {
    const own = byTask.get(event.args.taskId);
    if (own) own.push(event);
    else byTask.set(event.args.taskId, [event]);
  }
  return byTask;
}

function isSame(a: readonly TaskEvent[], b: readonly TaskEvent[]): boolean {
  const [last, other] = [a.at(-1), b.at(-1)];
  if (a.length !== b.length || !last || !other) return false;
  return a.every((event, i) => event.transactionHash === b[i]?.transactionHash && byPlace(event, b[i] as TaskEvent) === 0);
}
