import { setTimeout as pause } from "node:timers/promises";
import { getTaskEvents, type Task, type TaskEvent } from "@parity-protocol/sdk";
import { eventLine } from "../../cli/tasks/show-event.ts";
import { pad } from "../../cli/terminal/columns.ts";
import { formatDuration } from "../../cli/units/duration.ts";
import { CheckFailed, paint, say } from "./screen.ts";
import { nameOf, type Stage } from "./stage.ts";

const POLL_MS = 100;

/** Tells what happens to a task as it happens. */
export interface Teller {
  /** Tells new events until `isOver` says that all it waits for has happened. */
  tellUntil(isOver: (events: readonly TaskEvent[]) => boolean, timeoutMs: number): Promise<void>;
}

/** Makes the teller of a task; its clock begins now. */
export function createTeller({ local, signal }: Stage, task: Task): Teller {
  const startedAt = performance.now();
  let told = 0;
  const tellNew = (events: readonly TaskEvent[]) => {
    for (const [i, event] of events.entries()) {
      if (i < told) continue;
      const heading = headingOf(events.slice(0, i + 1), task);
      const line = eventLine(event, { nameOf: (identity) => nameOf(local, identity), paint });
      if (heading && heading.stands === "before") say(phaseLine(heading));
      if (line) say(`${paint("faint", pad(`${((performance.now() - startedAt) / 1_000).toFixed(1)} s`, 8, "left"))}${line}`);
      if (heading && heading.stands === "after") say(phaseLine(heading));
    }
    told = Math.max(told, events.length);
  };
  return {
    tellUntil: async (isOver, timeoutMs) => {
      const giveUpAt = performance.now() + timeoutMs;
      while (true) {
        const events = await Promise.race([
          getTaskEvents(local.connection.client, { escrow: local.network.escrow, taskId: task.taskId, fromBlock: task.blockNumber }),
          local.broken,
        ]);
        tellNew(events);
        if (isOver(events)) return;
        if (performance.now() > giveUpAt) throw new CheckFailed(`the task goes on within ${timeoutMs / 1_000} s`);
        await pause(POLL_MS, undefined, { signal });
      }
    },
  };
}

interface Heading {
  phase: string;
  meaning: string;
  stands: "before" | "after";
}

/** Says which phase began with the latest of some events, if one did. */
function headingOf(events: readonly TaskEvent[], { terms }: Task): Heading | undefined {
  const name = events.at(-1)?.name;
  const count = events.filter((event) => event.name === name).length;
  if (name === "TaskPosted") return { phase: "OPEN", meaning: "slots are taken, jobs run, answers are committed to", stands: "after" };
  if (name === "ResultCommitted" && count === terms.slots)
    return { phase: "SEALED", meaning: "every slot has committed; nothing can be added", stands: "after" };
  if (name === "ResultRevealed" && count === 1)
    return {
      phase: "REVEALING",
      meaning: `commitments are opened; ${formatDuration(terms.revealWindowSeconds)}, for one of them opens for nobody`,
      stands: "before",
    };
  if (name === "PayoutClaimed" && count === 1)
    return { phase: "ACCEPTED", meaning: "the task is closed; whoever agreed is paid", stands: "before" };
  return undefined;
}

function phaseLine({ phase, meaning }: Heading): string {
  return `${pad("", 10)}${paint("strong", pad(phase, 10))} ${paint("faint", meaning)}`;
}
