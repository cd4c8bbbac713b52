import type { RunnerStatus, TaskStatus } from "@parity-protocol/runner";
import { Command } from "commander";
import { type RunnerOptions, runnerVariables } from "../network/runner-variables.ts";
import type { Act } from "../program/context.ts";
import { withExample, withRunnerDirectory } from "../program/options.ts";
import { shortHex } from "../tasks/find-task.ts";
import type { Paint } from "../terminal/colour.ts";
import { columns, facts } from "../terminal/columns.ts";
import { formatAmount, grouped } from "../units/amount.ts";
import { formatDuration } from "../units/duration.ts";
import { formatSize } from "../units/size.ts";

/** `parity runner status`: shows what a runner holds and earned. */
export function runnerStatusCommand(act: Act): Command {
  const command = withRunnerDirectory(new Command("status"))
    .summary("show what a runner holds, its deadlines, and what it earned today")
    .description(
      "Asks a runner that serves RUNNER_METRICS_PORT; else reads its journal, which is not changed. Exits with 2 where the runner cannot take tasks now.",
    )
    .option("--metrics-port <port>", "where it serves its status (else RUNNER_METRICS_PORT)");
  return withExample(command, "parity runner status", "parity runner status --directory .parity/runner").action(
    act(async (context, options: RunnerOptions) => {
      const { loadStatusPlace, readStatus } = await import("@parity-protocol/runner"); // large, and only needed here
      const status = await readStatus(loadStatusPlace(runnerVariables(context, options)));
      context.printer.result({ ...status }, statusLines(status, context.printer.paint));
      return status.notReady.length === 0 ? 0 : 2;
    }),
  );
}

const readiness: Readonly<Record<string, string>> = {
  "chain-not-followed": "it does not follow the chain",
  "gas-short": "too little is left for gas: fund its account",
  "disk-short": "too little is free on its disk",
  stopping: "it is stopping",
};

/** Writes a status for people. Amounts of shares are in the asset's smallest unit: the status does not say what it is. */
export function statusLines(status: RunnerStatus, paint: Paint): string[] {
  const { runner, chainId, notReady, tasks, source } = status;
  const state =
    source === "journal"
      ? paint("warning", "no runner answers; this is what its journal holds")
      : notReady.length === 0
        ? paint("good", "ready")
        : paint("bad", notReady.map((reason) => readiness[reason] ?? reason).join("; "));
  return [`Runner ${runner} on chain ${chainId}: ${state}.`, ...facts(figures(status)), "", ...taskLines(tasks, status.now)];
}

function figures({ head, free, gas, today }: RunnerStatus): [string, string][] {
  const rows: [string, string][] = [
    ["today", `${today.payouts} payouts, ${grouped(today.earnedWei)} earned, ${formatAmount(BigInt(today.gasWei))} spent on gas`],
  ];
  if (free)
    rows.push([
      "free",
      `${free.slots} slots, ${free.cpus} CPUs, ${formatSize(free.memoryBytes)} memory, ${formatSize(free.diskBytes)} disk`,
    ]);
  if (gas) rows.push(["gas", `${formatAmount(BigInt(gas.balanceWei))}; the tasks in hand may need ${formatAmount(BigInt(gas.neededWei))}`]);
  if (head) rows.push(["head", `block ${grouped(head.block)}, read ${formatDuration(head.ageSeconds)} ago`]);
  return rows;
}

function taskLines(tasks: readonly TaskStatus[], now: number): string[] {
  if (tasks.length === 0) return ["It holds no task."];
  const rows = [...tasks]
    .sort((a, b) => a.deadline - b.deadline)
    .map(({ taskId, slot, step, deadline, shareWei }) => [
      shortHex(taskId),
      slot,
      step,
      deadline > now ? `in ${formatDuration(deadline - now)}` : "over",
      grouped(shareWei),
    ]);
  return columns([["task", "slot", "step", "deadline", "share"], ...rows], [4]);
}
