import { setTimeout as pause } from "node:timers/promises";
import { isTerminal, type Task } from "@parity-protocol/sdk";
import { Command } from "commander";
import { openNetwork } from "../network/open-network.ts";
import type { Act, Answer, Context } from "../program/context.ts";
import { type NetworkOptions, withExample, withNetwork } from "../program/options.ts";
import { findTask, type TaskPlace, taskArgument } from "../tasks/find-task.ts";
import { taskLines, taskRecord } from "../tasks/show-task.ts";
import { readTaskReport, type TaskReport } from "../tasks/task-report.ts";
import type { Currency } from "../units/currency.ts";

const WATCH_MS = 1_000;

interface StatusOptions extends NetworkOptions {
  watch?: boolean;
}

/** `parity status`: shows where a task stands and who did what. */
export function statusCommand(act: Act): Command {
  const command = new Command("status")
    .summary("show where a task stands and who did what")
    .description("Shows where a task stands: its phase and how long that lasts, each runner's answer, who was paid.")
    .argument("<task>", taskArgument)
    .option("-w, --watch", "show it again whenever something changes, until the task ends");
  return withExample(withNetwork(command), "parity status latest", "parity status latest --watch").action(
    act(async (context, options: StatusOptions, text: string) => {
      const { place, currency } = await openNetwork(context, options);
      return show(context, { task: await findTask(text, place), place, currency, isWatching: options.watch === true });
    }),
  );
}

interface Shown {
  task: Task;
  place: TaskPlace;
  currency: Currency;
  isWatching: boolean;
}

async function show(context: Context, { task, place, currency, isWatching }: Shown): Promise<Answer> {
  let shown = "";
  while (true) {
    const report = await readTaskReport(task, place);
    const facts = changesOf(report);
    if (facts !== shown) context.printer.result(taskRecord(report), taskLines(report, { paint: context.printer.paint, currency }));
    shown = facts;
    if (!isWatching || isTerminal(report.phase)) return 0;
    await pause(WATCH_MS, undefined, { signal: context.signal });
  }
}

/** What makes a report worth showing again: the clock alone does not. */
function changesOf({ phase, state, slots }: TaskReport): string {
  return JSON.stringify([
    phase,
    state.reserved,
    state.committed,
    state.revealedMask,
    slots.map((slot) => [slot.standing, Boolean(slot.claimed)]),
  ]);
}
