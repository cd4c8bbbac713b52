import { type Phase, revealedCount } from "@parity-protocol/sdk";
import { type Entry, phaseAt } from "../ledger/book.ts";
import { dayOf } from "../text/time.ts";

/** What happened on one day, UTC. */
export interface Day {
  /** Its first second, unix. */
  at: number;
  accepted: number;
  /** VOID or DEAD. */
  failed: number;
  live: number;
  /** Shares of bounties, by the day of the claim. */
  paidWei: bigint;
}

const SECONDS_A_DAY = 86_400;
/** So many days are drawn at most. */
const MOST_DAYS = 90;

/** Counts tasks by the day on which they were posted, and payments by the day on which they were claimed; days without any included. */
export function daysOf(entries: readonly Entry[], now: number): Day[] {
  const days = new Map<number, Day>();
  const at = (time: number): Day => {
    const day = days.get(dayOf(time)) ?? { at: dayOf(time), accepted: 0, failed: 0, live: 0, paidWei: 0n };
    days.set(day.at, day);
    return day;
  };
  for (const entry of entries) {
    at(entry.postedAt)[kindOf(phaseAt(entry, now))] += 1;
    for (const { name, args, blockTime = 0 } of entry.events) if (name === "PayoutClaimed") at(blockTime).paidWei += args.share;
  }
  const latest = dayOf(now);
  const earliest = Math.max(Math.min(...days.keys(), latest), latest - (MOST_DAYS - 1) * SECONDS_A_DAY);
  for (let day = earliest; day <= latest; day += SECONDS_A_DAY) at(day);
  return [...days.values()].filter((day) => day.at >= earliest).sort((a, b) => a.at - b.at);
}

function kindOf(phase: Phase): "accepted" | "failed" | "live" {
  if (phase === "ACCEPTED") return "accepted";
  return phase === "VOID" || phase === "DEAD" ? "failed" : "live";
}

/** How many closed tasks ended with which agreement. */
export interface Agreement {
  name: string;
  tasks: number;
}

/** Sorts closed tasks by how many revealed something else than the result. */
export function agreementsOf(entries: readonly Entry[], now: number): Agreement[] {
  const counts = new Map(["All agree", "1 disagrees", "2 disagree", "3 or more", "No quorum", "Too few"].map((name) => [name, 0]));
  for (const entry of entries) {
    const name = agreementOf(entry, phaseAt(entry, now));
    if (name) counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return [...counts].map(([name, tasks]) => ({ name, tasks }));
}

function agreementOf({ state }: Entry, phase: Phase): string | undefined {
  if (phase === "DEAD") return "Too few";
  if (phase === "VOID") return "No quorum";
  if (phase !== "ACCEPTED") return undefined;
  const others = revealedCount(state) - state.leadingVotes;
  return ["All agree", "1 disagrees", "2 disagree"][others] ?? "3 or more";
}
