import { Command } from "commander";
import { openNetwork } from "../network/open-network.ts";
import type { Act } from "../program/context.ts";
import { type NetworkOptions, withExample, withNetwork } from "../program/options.ts";
import { findTask, taskArgument } from "../tasks/find-task.ts";
import { taskLines, taskRecord } from "../tasks/show-task.ts";
import { readTaskReport } from "../tasks/task-report.ts";

/** `parity status`: shows where a task stands and who did what. */
export function statusCommand(act: Act): Command {
  const command = new Command("status")
    .summary("show where a task stands and who did what")
    .description(
      "Shows where a task stands: its phase and how long that lasts, each runner's answer, who was paid. `parity watch` follows it.",
    )
    .argument("<task>", taskArgument);
  return withExample(withNetwork(command), "parity status latest").action(
    act(async (context, options: NetworkOptions, text: string) => {
      const { place, currency } = await openNetwork(context, options);
      const report = await readTaskReport(await findTask(text, place), place);
      context.printer.result(taskRecord(report), taskLines(report, { paint: context.printer.paint, currency }));
      return 0;
    }),
  );
}
