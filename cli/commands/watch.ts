import type { Task } from "@parity-protocol/sdk";
import { Command } from "commander";
import { type OpenNetwork, openNetwork } from "../network/open-network.ts";
import type { Act, Answer, Context } from "../program/context.ts";
import { type NetworkOptions, withExample, withNetwork } from "../program/options.ts";
import { startCountdown } from "../tasks/countdown.ts";
import { findTask, taskArgument } from "../tasks/find-task.ts";
import { followTask } from "../tasks/follow-task.ts";
import { eventLine, eventRecord, nameByIdentity } from "../tasks/show-event.ts";
import { taskLines, taskRecord } from "../tasks/show-task.ts";
import { readTaskReport } from "../tasks/task-report.ts";

/** `parity watch`: tells a task's life as it happens. */
export function watchCommand(act: Act): Command {
  const command = new Command("watch")
    .summary("tell a task's life as it happens, until it ends")
    .description(
      "Tells what happens to a task, from its beginning and as it goes on, until the task ends.\nExits with 0 when an output was accepted, with 2 when none was.",
    )
    .argument("<task>", taskArgument);
  return withExample(withNetwork(command), "parity watch latest").action(
    act(async (context, options: NetworkOptions, text: string) => {
      const network = await openNetwork(context, options);
      return watch(context, network, await findTask(text, network.place));
    }),
  );
}

async function watch(context: Context, { place, currency }: OpenNetwork, task: Task): Promise<Answer> {
  const { printer } = context;
  printer.step({ event: "watching", taskId: task.taskId }, `${printer.paint("strong", "Task")} ${task.taskId}`);
  const countdown = startCountdown(printer);
  try {
    const { outcome } = await followTask({
      task,
      place,
      until: "closed",
      onEvent: (event) => {
        const line = eventLine(event, { nameOf: nameByIdentity, paint: printer.paint, currency });
        if (line) printer.step(eventRecord(event), line);
      },
      onPhase: countdown.show,
    });
    const report = await readTaskReport(task, place);
    printer.result(taskRecord(report), taskLines(report, { paint: printer.paint, currency }));
    return outcome === "ACCEPTED" ? 0 : 2;
  } finally {
    countdown.end();
  }
}
