import {
  type Address,
  claimPayout,
  getSlot,
  isTerminal,
  type Opening,
  openingOfReservation,
  ParityError,
  reportNoShow,
  type Slot,
} from "@parity-protocol/sdk";
import { Command } from "commander";
import { findAccount } from "../keys/find-key.ts";
import { type Sender, sendAs } from "../network/connect.ts";
import { type OpenNetwork, openNetwork } from "../network/open-network.ts";
import type { Act, Answer, Context } from "../program/context.ts";
import { type KeyOptions, type NetworkOptions, withExample, withKey, withNetwork } from "../program/options.ts";
import { findTask } from "../tasks/find-task.ts";
import { nameByIdentity } from "../tasks/show-event.ts";
import { readTaskReport, type SlotReport, type TaskReport } from "../tasks/task-report.ts";
import { formatAmount } from "../units/amount.ts";

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
    .argument("<task>", "the task's id, or the first characters of it")
    .option("--all", "settle every slot, not only your own");
  return withExample(withKey(withNetwork(command)), "parity claim 0x3f2a91 --all").action(
    act(async (context, options: ClaimOptions, text: string) => {
      const network = await openNetwork(context, options);
      const account = await findAccount(context, options, network.settings.submitterKey);
      const report = await readTaskReport(await findTask(text, network.place), network.place);
      if (!isTerminal(report.phase))
        throw new ParityError("TASK_NOT_CLOSED", `Task ${report.task.taskId} is ${report.phase}; slots are paid once it is closed.`);
      const mine = report.slots.filter((slot) => options.all || belongsTo(slot, account.address));
      return settleAll(context, { network, sender: sendAs(network.connection, account), report, slots: mine });
    }),
  );
}

interface Settlement {
  network: OpenNetwork;
  sender: Sender;
  report: TaskReport;
  slots: readonly SlotReport[];
}

async function settleAll(context: Context, settlement: Settlement): Promise<Answer> {
  const { printer } = context;
  const { taskId } = settlement.report.task;
  let settled = 0;
  for (const member of settlement.slots) {
    context.signal.throwIfAborted();
    const done = await settle(settlement, member);
    if (!done) continue;
    settled++;
    printer.result({ event: "settled", taskId, identity: member.identity, standing: member.standing, ...done.record }, [
      `  ${nameByIdentity(member.identity)}  ${member.standing}: ${done.text}`,
    ]);
  }
  if (settled === 0)
    printer.result({ event: "nothing-to-claim", taskId }, [
      "Nothing to claim: no slot of yours in this task is unsettled (--all settles everybody's).",
    ]);
  return 0;
}

interface Settled {
  text: string;
  record: Record<string, unknown>;
}

/** Settles one slot, if it still is a slot and its opening is known. */
async function settle({ network, sender, report }: Settlement, member: SlotReport): Promise<Settled | undefined> {
  const { escrow } = network;
  const { key, taskId } = report.task;
  const slot = await getSlot(network.place.client, { escrow, taskId, identity: member.identity });
  if (!slot) return undefined;
  const opening = openingFor(report, { member, slot });
  if (opening) {
    const { payout, transactionHash } = await claimPayout(sender, { escrow, task: key, opening });
    const text = `${formatAmount(payout.shareWei)} and bond ${formatAmount(payout.bondWei)} paid to ${opening.payee}`;
    return { text, record: { ...payout, payee: opening.payee, transactionHash } };
  }
  if (member.standing !== "no-show") return undefined; // committed in a dead task: only its runner knows the opening
  const { transactionHash } = await reportNoShow(sender, { escrow, task: key, identity: member.identity });
  return { text: "reported, a strike is recorded", record: { reported: true, transactionHash } };
}

function openingFor({ state, phase }: TaskReport, { member, slot }: { member: SlotReport; slot: Slot }): Opening | undefined {
  if (member.opening) return member.opening;
  const isBareReservation = phase === "DEAD" && state.committed === 0 && slot.reservedBy !== undefined;
  return isBareReservation && slot.reservedBy ? openingOfReservation({ identity: member.identity, runner: slot.reservedBy }) : undefined;
}

function belongsTo({ runner, opening }: SlotReport, address: Address): boolean {
  return [runner, opening?.payee].some((other) => other?.toLowerCase() === address.toLowerCase());
}
