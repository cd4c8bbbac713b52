import { type Address, getChainTime, getTaskState, listTasks, ParityError, type Phase, phaseOf, type Task } from "@parity-protocol/sdk";
import { Command } from "commander";
import { isOpenToAnyone } from "../gates/show-gate.ts";
import { openNetwork } from "../network/open-network.ts";
import { addressFlag } from "../network/settings.ts";
import type { Act } from "../program/context.ts";
import { type NetworkOptions, withExample, withNetwork } from "../program/options.ts";
import { shortHex, type TaskPlace } from "../tasks/find-task.ts";
import { paintPhase } from "../tasks/show-task.ts";
import type { Paint } from "../terminal/colour.ts";
import { columns } from "../terminal/columns.ts";
import { formatAmount } from "../units/amount.ts";
import type { Currency } from "../units/currency.ts";

const DEFAULT_LIMIT = 20;
const MOST_SHOWN = 10_000;

interface ListOptions extends NetworkOptions {
  submitter?: string;
  limit: string;
}

interface Row {
  task: Task;
  phase: Phase;
}

/** `parity list`: shows the network's latest tasks. */
export function listCommand(act: Act): Command {
  const command = new Command("list")
    .summary("show the network's latest tasks")
    .description("Shows the network's latest tasks, the newest first.")
    .option("--submitter <address>", "only the tasks of this submitter")
    .option("--limit <count>", "how many", String(DEFAULT_LIMIT));
  return withExample(withNetwork(command), "parity list --limit 5").action(
    act(async (context, options: ListOptions) => {
      const submitter = addressFlag(options.submitter, "--submitter");
      const limit = limitOf(options);
      const { place, currency } = await openNetwork(context, options);
      const rows = await readRows(place, { submitter, limit });
      if (context.printer.isJson) for (const row of rows) context.printer.result(recordOf(row), []);
      else context.printer.result({}, rows.length > 0 ? linesOf(rows, { paint: context.printer.paint, currency }) : ["No tasks yet."]);
      return 0;
    }),
  );
}

async function readRows(place: TaskPlace, { submitter, limit }: { submitter: Address | undefined; limit: number }): Promise<Row[]> {
  const { client, ...where } = place;
  const latest = (await listTasks(client, { ...where, only: submitter ? { submitter } : {}, newest: limit })).toReversed();
  const time = await getChainTime(client);
  return Promise.all(
    latest.map(async (task) => {
      const { state } = await getTaskState(client, { escrow: place.escrow, taskId: task.taskId });
      return { task, phase: phaseOf(state, time.next) };
    }),
  );
}

function limitOf({ limit }: ListOptions): number {
  const count = /^\d{1,5}$/.test(limit) ? Number(limit) : 0;
  if (count >= 1 && count <= MOST_SHOWN) return count;
  throw new ParityError("USAGE_INVALID", `--limit '${limit}' is not a whole number from 1 to ${MOST_SHOWN}.`);
}

function recordOf({ task: { taskId, submitter, terms, blockNumber }, phase }: Row) {
  return {
    taskId,
    phase,
    submitter,
    bountyWei: terms.bountyWei,
    slots: terms.slots,
    quorum: terms.quorum,
    gate: terms.gate,
    isOpenToAnyone: isOpenToAnyone(terms),
    jobHash: terms.jobHash,
    blockNumber,
  };
}

function linesOf(rows: readonly Row[], { paint, currency }: { paint: Paint; currency: Currency }): string[] {
  const head = ["task", "phase", "bounty", "agree", "runners", "submitter", "job"].map((name) => paint("faint", name));
  const cells = rows.map(({ task, phase }) => [
    shortHex(task.taskId, 16),
    paintPhase(phase, paint),
    formatAmount(task.terms.bountyWei, currency),
    `${task.terms.quorum} of ${task.terms.slots}`,
    isOpenToAnyone(task.terms) ? paint("warning", "anyone") : "by gate",
    shortHex(task.submitter),
    shortHex(task.terms.jobHash),
  ]);
  return columns([head, ...cells]);
}
