import {
  type Address,
  claimPayout,
  getSlot,
  type Hex,
  type Opening,
  openingOfReservation,
  reportNoShow,
  type Slot,
} from "@parity-protocol/sdk";
import type { Sender } from "../network/connect.ts";
import type { TaskPlace } from "../tasks/find-task.ts";
import type { SlotReport, TaskReport } from "../tasks/task-report.ts";

/** A closed task, and who pays the gas of settling it. */
export interface Settlement {
  place: TaskPlace;
  sender: Sender;
  report: TaskReport;
}

/** What settling one slot did. */
export type Settled = { transactionHash: Hex } & (
  | { isReported: true }
  | { isReported: false; shareWei: bigint; bondWei: bigint; payee: Address }
);

/**
 * Settles one slot of a closed task: claims it for its payee, or reports a no-show. Nothing where it is settled already, or where only its
 * runner knows the opening.
 * @throws what claimPayout and reportNoShow throw
 */
export async function settleSlot({ place, sender, report }: Settlement, member: SlotReport): Promise<Settled | undefined> {
  const { client, escrow } = place;
  const { key, taskId } = report.task;
  const slot = await getSlot(client, { escrow, taskId, identity: member.identity });
  if (!slot) return undefined;
  const opening = openingFor(report, { member, slot });
  if (opening) {
    const { payout, transactionHash } = await claimPayout(sender, { escrow, task: key, opening });
    return { isReported: false, ...payout, payee: opening.payee, transactionHash };
  }
  if (member.standing !== "no-show") return undefined; // committed in a dead task: only its runner knows the opening
  const { transactionHash } = await reportNoShow(sender, { escrow, task: key, identity: member.identity });
  return { isReported: true, transactionHash };
}

function openingFor({ state, phase }: TaskReport, { member, slot }: { member: SlotReport; slot: Slot }): Opening | undefined {
  if (member.opening) return member.opening;
  const isBareReservation = phase === "DEAD" && state.committed === 0 && slot.reservedBy !== undefined;
  return isBareReservation && slot.reservedBy ? openingOfReservation({ identity: member.identity, runner: slot.reservedBy }) : undefined;
}
