import { type Address, addressOfIdentity, type Hex, type TaskEvent } from "@parity-protocol/sdk";
import type { LoadRun } from "../bench/results.ts";
import { type Balances, type Cost, earnedBy, feesOf } from "../demo/ledger.ts";

/** Everything that moves money. */
export interface Movements {
  events: readonly TaskEvent[];
  costs: readonly Cost[];
  /** What each slot took from who filled it. */
  bondWei: bigint;
  /** The tasks for which the escrow may still hold something. */
  open: ReadonlySet<Hex>;
}

/** An account, by the name that the report gives it. */
export interface Account {
  who: string;
  address: Address;
  /** It holds what open tasks have not paid out. */
  isEscrow?: boolean;
}

/** Says for every account what it must have now by the events and the gas, and what it has. Pure. */
export function balanceSheet(
  accounts: readonly Account[],
  { before, after }: { before: Balances; after: Balances },
  movements: Movements,
): LoadRun["balances"] {
  return accounts.map(({ who, address, isEscrow }) => {
    const [had, has] = [before.get(address) ?? 0n, after.get(address) ?? 0n];
    const fees = feesOf(address, movements.costs);
    const expected = had - fees + earnedBy(address, movements.events) - bondsOf(address, movements) + (isEscrow ? heldFor(movements) : 0n);
    return { who, before: String(had), fees: String(fees), expected: String(expected), after: String(has) };
  });
}

/** What an account put down for slots. */
function bondsOf(address: Address, { events, bondWei }: Movements): bigint {
  const own = slotsOf(events).filter(({ identity }) => addressOfIdentity(identity)?.toLowerCase() === address.toLowerCase());
  return BigInt(own.length) * bondWei;
}

/** What went into the escrow for open tasks, less what came out. */
function heldFor({ events, bondWei, open }: Movements): bigint {
  const own = events.filter(({ args }) => open.has(args.taskId));
  let held = BigInt(slotsOf(own).length) * bondWei;
  for (const event of own) {
    if (event.name === "TaskPosted") held += event.args.terms.bounty;
    if (event.name === "PayoutClaimed") held -= event.args.share + event.args.bond;
    if (event.name === "BountyReclaimed") held -= event.args.amount;
  }
  return held;
}

/** Each slot that was filled is one identity's, whether it was reserved first or not. */
function slotsOf(events: readonly TaskEvent[]): { taskId: Hex; identity: Hex }[] {
  const slots = new Map<string, { taskId: Hex; identity: Hex }>();
  for (const { name, args } of events)
    if (name === "SlotReserved" || name === "ResultCommitted") slots.set(`${args.taskId} ${args.identity}`, args);
  return [...slots.values()];
}
