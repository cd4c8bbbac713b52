import { type Address, isTerminal, ParityError } from "@parity-protocol/sdk";
import { Command } from "commander";
import { findAccount } from "../keys/find-key.ts";
import { sendAs } from "../network/connect.ts";
import { openNetwork } from "../network/open-network.ts";
import type { Act, Answer, Context } from "../program/context.ts";
import { type KeyOptions, type NetworkOptions, withExample, withKey, withNetwork } from "../program/options.ts";
import { type Settled, type Settlement, settleSlot } from "../settlement/settle-slot.ts";
import { findTask, taskArgument } from "../tasks/find-task.ts";
import { nameByIdentity } from "../tasks/show-event.ts";
import { readTaskReport, type SlotReport } from "../tasks/task-report.ts";
import { formatAmount } from "../units/amount.ts";
import type { Currency } from "../units/currency.ts";

interface ClaimOptions extends NetworkOptions, KeyOptions {
  all?: boolean;
}

/** `parity claim`: settles slots of a closed task. */
export function claimCommand(act: Act): Command {
  const command = new Command("claim")
    .summary("pay out a closed task's slots")
    .description(
      "Pays out your slot of a closed task, or with --all everybody's: whoever sends it, each slot is paid to its own payee. A slot whose answer was not the accepted one earns nothing and gets its strike recorded; --all reports those who never revealed, too.",
    )
    .argument("<task>", taskArgument)
    .option("--all", "settle every slot, not only your own");
  return withExample(withKey(withNetwork(command)), "parity claim latest --all").action(
    act(async (context, options: ClaimOptions, text: string) => {
      const network = await openNetwork(context, options);
      const account = await findAccount(context, options, network.settings.submitterKey);
      const report = await readTaskReport(await findTask(text, network.place), network.place);
      if (!isTerminal(report.phase))
        throw new ParityError("TASK_NOT_CLOSED", `Task ${report.task.taskId} is ${report.phase}; slots are paid once it is closed.`);
      const mine = report.slots.filter((slot) => options.all || belongsTo(slot, account.address));
      return settleAll(context, {
        place: network.place,
        currency: network.currency,
        sender: sendAs(network.connection, account),
        report,
        slots: mine,
      });
    }),
  );
}

async function settleAll(context: Context, settlement: Settlement & { slots: readonly SlotReport[]; currency: Currency }): Promise<Answer> {
  const { printer } = context;
  const { taskId } = settlement.report.task;
  let settled = 0;
  for (const member of settlement.slots) {
    context.signal.throwIfAborted();
    const done = await settleSlot(settlement, member);
    if (!done) continue;
    settled++;
    printer.result({ event: "settled", taskId, identity: member.identity, standing: member.standing, ...done }, [
      settledLine(member, done, settlement.currency),
    ]);
  }
  if (settled === 0)
    printer.result({ event: "nothing-to-claim", taskId }, [
      "Nothing to claim: no slot of yours in this task is unsettled (--all settles everybody's).",
    ]);
  return 0;
}

function belongsTo({ runner, opening }: SlotReport, address: Address): boolean {
  return [runner, opening?.payee].some((other) => other?.toLowerCase() === address.toLowerCase());
}

function settledLine({ identity, standing }: SlotReport, settled: Settled, currency: Currency): string {
  const what = settled.isReported
    ? "reported, a strike is recorded"
    : `${formatAmount(settled.shareWei, currency)} and bond ${formatAmount(settled.bondWei, currency)} paid to ${settled.payee}`;
  return `  ${nameByIdentity(identity)}  ${standing}: ${what}`;
}
