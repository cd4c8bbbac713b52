import { type Address, addressOfIdentity, type TaskEvent } from "@parity-protocol/sdk";
import type { LoadRun } from "../bench/results.ts";
import { type Balances, type Cost, earnedBy, feesOf } from "../demo/ledger.ts";

/** Everything that moves money. */
export interface Movements {
  events: readonly TaskEvent[];
  costs: readonly Cost[];
  /** What each slot took from who filled it. */
  bondWei: bigint;
}

/** An account, by the name that the report gives it. */
export interface Account {
  who: string;
  address: Address;
}

/** Says for every account what it must have now by the events and the gas, and what it has. Pure. */
export function balanceSheet(
  accounts: readonly Account[],
  { before, after }: { before: Balances; after: Balances },
  movements: Movements,
): LoadRun["balances"] {
  return accounts.map(({ who, address }) => {
    const [had, has] = [before.get(address) ?? 0n, after.get(address) ?? 0n];
    const fees = feesOf(address, movements.costs);
    const expected = had - fees + earnedBy(address, movements.events) - bondsOf(address, movements);
    return { who, before: String(had), fees: String(fees), expected: String(expected), after: String(has) };
  });
}

/** What an account put down for slots; each slot is one identity's, whether it was reserved first or not. */
function bondsOf(address: Address, { events, bondWei }: Movements): bigint {
  const slots = new Set<string>();
  for (const event of events)
    if (event.name === "SlotReserved" || event.name === "ResultCommitted") slots.add(`${event.args.taskId} ${event.args.identity}`);
  const own = [...slots].filter((slot) => addressOfIdentity(slot.split(" ")[1] as Address)?.toLowerCase() === address.toLowerCase());
  return BigInt(own.length) * bondWei;
}
