import { Command } from "commander";
import { type LogText, type RunLog, readLogs } from "../logs/read-logs.ts";
import { openNetwork } from "../network/open-network.ts";
import { sourcesOf } from "../network/stores.ts";
import type { Act } from "../program/context.ts";
import { type NetworkOptions, type StoreOptions, withExample, withNetwork, withStore } from "../program/options.ts";
import { outcomeText } from "../result/show-result.ts";
import { findTask, taskArgument } from "../tasks/find-task.ts";
import { nameByIdentity } from "../tasks/show-event.ts";
import { readTaskReport } from "../tasks/task-report.ts";
import type { Paint } from "../terminal/colour.ts";
import type { JsonRecord } from "../terminal/printer.ts";
import { safeLines } from "../terminal/safe-text.ts";
import { formatSize } from "../units/size.ts";

/** A store keeps 64 KiB of a run's stderr; no more of stdout is shown. */
const MOST_BYTES = 64 * 1024;
const MOST_LINES = 1_000;

type LogsOptions = NetworkOptions & StoreOptions;

/** `parity logs`: shows what each runner's run printed. */
export function logsCommand(act: Act): Command {
  const command = new Command("logs")
    .summary("show what each runner's run printed")
    .description(
      "Shows stdout and stderr of each runner's run of a task: stdout as it was revealed and published, verified; stderr as the runner says that it was, which nothing can verify. Runners publish both once the task is decided; only the end of long texts is shown.",
    )
    .argument("<task>", taskArgument);
  return withExample(withStore(withNetwork(command)), "parity logs latest").action(
    act(async (context, options: LogsOptions, text: string) => {
      const { printer, signal } = context;
      const { place, settings } = await openNetwork(context, options);
      const { task, slots, phase } = await readTaskReport(await findTask(text, place), place);
      printer.progress("Fetching…");
      const { storeUrls } = settings;
      const sources = sourcesOf(task, settings);
      const logs = await readLogs({ taskId: task.taskId, slots, sources, storeUrls, maxBytes: MOST_BYTES, signal });
      for (const log of logs) printer.result({ taskId: task.taskId, ...logRecord(log) }, logLines(log, printer.paint));
      if (logs.length === 0)
        printer.result({ taskId: task.taskId, phase, runners: 0 }, [`No runner has taken a slot of this task; it is ${phase}.`]);
      return 0;
    }),
  );
}

function logRecord({ slot, run, stderr }: RunLog): JsonRecord {
  const { identity, runner, standing, opening } = slot;
  return {
    identity,
    runner,
    standing,
    outputHash: opening?.outputHash ?? null,
    outcome: run ? outcomeText(run.manifest) : null,
    stdout: run ? { ...run.stdout, isVerified: true } : null,
    stderr: stderr ? { ...stderr, isVerified: false } : null,
  };
}

function logLines({ slot, run, stderr }: RunLog, paint: Paint): string[] {
  const { identity, standing, opening } = slot;
  const why = opening ? "what it revealed is not published" : "it has revealed nothing";
  return [
    `${paint("strong", nameByIdentity(identity))}  ${standing}${run ? `, ${outcomeText(run.manifest)}` : ""}`,
    `  stdout ${run ? paint("faint", "verified against what it revealed") : paint("faint", why)}`,
    ...(run ? textLines(run.stdout) : []),
    `  stderr ${stderr ? paint("warning", "unverified: what this runner says") : paint("faint", "it left none at the store")}`,
    ...(stderr ? textLines(stderr) : []),
  ];
}

function textLines({ text, omittedBytes }: LogText): string[] {
  if (text === "") return ["    (empty)"];
  const lines = safeLines(text, Number.POSITIVE_INFINITY);
  const hidden = Math.max(0, lines.length - MOST_LINES);
  const omitted = [...(omittedBytes > 0 ? [formatSize(omittedBytes)] : []), ...(hidden > 0 ? [`${hidden} lines`] : [])].join(" and ");
  return [...(omitted ? [`… (${omitted} before this)`] : []), ...lines.slice(-MOST_LINES)].map((line) => `    ${line}`);
}
