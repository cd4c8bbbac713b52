import type { ChainClient } from "../chain/chain-error.ts";
import { addressOfIdentity } from "../protocol/identity.ts";
import type { TaskEvent } from "../protocol/task-event.ts";
import type { Address, Hex, Opening } from "../protocol/types.ts";
import { type GetTaskEventsParameters, getTaskEvents } from "./get-task-events.ts";

/** What is publicly known of one slot of a task, from its events. */
export interface CommitteeMember {
  /** 0x-hex, 32 bytes. */
  identity: Hex;
  /** The address that took the slot; absent where it committed without reserving and its gate chose an identity of another form. */
  runner?: Address;
  /** The slot's number, counted from 1. */
  slot: number;
  /** 0x-hex, 31 bytes; absent before the commit. */
  commitment?: Hex;
  /** What was revealed; absent before the reveal. */
  opening?: Opening;
  /** What was paid; absent before the claim. */
  claimed?: { payee: Address; shareWei: bigint; bondWei: bigint };
  /** The strikes that this task left the identity with; absent where it changed nothing. */
  strikes?: number;
}

/**
 * Reads who took part in a task and how far each of them got, in the order of the slots.
 * @throws RPC_UNREACHABLE, RPC_FAILED, WAIT_ABORTED
 * @example
 * for (const { slot, identity, opening, claimed } of await getCommittee(client, { escrow, taskId, fromBlock }))
 *   console.log(slot, identity, opening?.outputHash, claimed?.shareWei);
 */
export async function getCommittee(client: ChainClient, parameters: GetTaskEventsParameters): Promise<CommitteeMember[]> {
  return committeeOf(await getTaskEvents(client, parameters));
}

/** Gathers what a task's events, in the chain's order, say about each slot. */
export function committeeOf(events: readonly TaskEvent[]): CommitteeMember[] {
  const members = new Map<Hex, CommitteeMember>();
  for (const event of events) {
    if (!("identity" in event.args)) continue;
    const { identity } = event.args;
    const change = changeOf(event);
    const known = members.get(identity) ?? { identity, slot: 0, ...runnerOf(identity) };
    members.set(identity, { ...known, ...change });
  }
  return [...members.values()].sort((a, b) => a.slot - b.slot);
}

function runnerOf(identity: Hex): { runner?: Address } {
  const runner = addressOfIdentity(identity);
  return runner ? { runner } : {};
}

function changeOf(event: TaskEvent): Partial<CommitteeMember> {
  switch (event.name) {
    case "SlotReserved":
      return { slot: event.args.slot, runner: event.args.runner };
    case "ResultCommitted":
      return { slot: event.args.slot, commitment: event.args.commitment };
    case "ResultRevealed": {
      const { identity, payee, outputHash, salt } = event.args;
      return { opening: { identity, payee, outputHash, salt } };
    }
    case "PayoutClaimed":
      return { claimed: { payee: event.args.payee, shareWei: event.args.share, bondWei: event.args.bond } };
    case "StrikeRecorded":
      return { strikes: event.args.strikes };
    case "StrikesCleared":
      return { strikes: 0 };
    case "TaskPosted":
    case "TaskDecided":
    case "BountyReclaimed":
    case "StepSkipped":
      return {};
  }
}
