import type { Address, Hex } from "@parity-protocol/sdk";
import { type Entry, phaseAt } from "../ledger/book.ts";
import { scopeOf, slotsOf } from "../ledger/slots.ts";

/** What is known of a runner, from the tasks that were read. */
export interface RunnerRecord {
  identity: Hex;
  /** The address that took its latest slot; absent where its gate knows it under another name. */
  runner?: Address;
  tasks: number;
  matched: number;
  /** Revealed another output than the quorum's. */
  mismatched: number;
  /** Took a slot and did not reveal. */
  missed: number;
  /** Of those, commitments that repeated another runner's. */
  copied: number;
  earnedWei: bigint;
  /** Strikes that stand now, by the scope in which they count; scopes without any are left out. */
  strikes: ReadonlyMap<Address, number>;
}

/** Adds up what each runner did, those that matched most often first. */
export function runnersOf(entries: readonly Entry[], now: number): RunnerRecord[] {
  const records = new Map<Hex, RunnerRecord>();
  // From the oldest on, so that the latest word about strikes stands.
  for (const entry of entries.toReversed())
    for (const slot of slotsOf(entry, phaseAt(entry, now))) {
      const record = records.get(slot.identity) ?? emptyRecord(slot.identity);
      records.set(slot.identity, {
        ...record,
        ...(slot.runner ? { runner: slot.runner } : {}),
        tasks: record.tasks + 1,
        matched: record.matched + Number(slot.standing === "matched"),
        mismatched: record.mismatched + Number(slot.standing === "mismatched"),
        missed: record.missed + Number(slot.standing === "no-show"),
        copied: record.copied + Number(slot.copyOf !== undefined && !slot.opening),
        earnedWei: record.earnedWei + (slot.claimed?.shareWei ?? 0n),
        strikes: slot.strikes === undefined ? record.strikes : withStrikes(record.strikes, scopeOf(entry), slot.strikes),
      });
    }
  return [...records.values()].sort((a, b) => b.matched - a.matched || b.tasks - a.tasks || (a.identity < b.identity ? -1 : 1));
}

function emptyRecord(identity: Hex): RunnerRecord {
  return { identity, tasks: 0, matched: 0, mismatched: 0, missed: 0, copied: 0, earnedWei: 0n, strikes: new Map() };
}

function withStrikes(strikes: ReadonlyMap<Address, number>, scope: Address, count: number): ReadonlyMap<Address, number> {
  const changed = new Map(strikes);
  if (count > 0) changed.set(scope, count);
  else changed.delete(scope);
  return changed;
}
