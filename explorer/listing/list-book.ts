import { addressOfIdentity, isTerminal, type Phase, zeroAddress } from "@parity-protocol/sdk";
import { type Book, type Entry, phaseAt } from "../ledger/book.ts";
import type { TaskFilter } from "../routing/route.ts";
import { type Listing, type ListingQuery, prefixOf, SHEET_TASKS, sheetsOf } from "./listing.ts";

/** Lists the tasks that the page read from the chain. @param now by the chain's clock, unix seconds */
export function listBook({ entries }: Book, { filter, search, sheet }: ListingQuery, now: number): Listing {
  const prefix = prefixOf(search);
  if (prefix === undefined) return { entries: [], total: 0 };
  const found = entries.filter((entry) => isShown(entry, filter, phaseAt(entry, now)) && isFound(entry, prefix));
  const first = (Math.min(sheet, sheetsOf(found.length)) - 1) * SHEET_TASKS;
  return { entries: found.slice(first, first + SHEET_TASKS), total: found.length };
}

function isShown(entry: Entry, filter: TaskFilter, phase: Phase): boolean {
  switch (filter) {
    case "all":
      return true;
    case "live":
      return !isTerminal(phase);
    case "accepted":
    case "void":
    case "dead":
      return phase === filter.toUpperCase();
    case "no-gate":
      return entry.task.terms.gate === zeroAddress;
  }
}

/** Finds a task by the beginning of its id, of its job's, its output's, its submitter's or its gate's, or of a runner's. */
function isFound({ task, members, result }: Entry, prefix: string): boolean {
  if (prefix === "0x") return true;
  const runners = members.flatMap(({ identity, runner }) => [identity, runner ?? addressOfIdentity(identity) ?? identity]);
  const names = [task.taskId, task.terms.jobHash, task.submitter, task.terms.gate, ...runners];
  return [...names, ...(result.isDecided ? [result.outputHash] : [])].some((name) => name.toLowerCase().startsWith(prefix));
}
