import type { TaskEvent } from "@parity-protocol/sdk";
import { getBlockNumber } from "viem/actions";
import { columns } from "../../cli/terminal/columns.ts";
import { formatAmount, grouped } from "../../cli/units/amount.ts";
import { type Balances, type Cost, earnedBy, feesOf, readBalances, readCosts, sumOf } from "./ledger.ts";
import { check, paint, say } from "./screen.ts";
import type { Stage } from "./stage.ts";

/** Where the accounts stood before the task. */
export interface Epoch {
  before: Balances;
  fromBlock: bigint;
}

/** Checks every account to the wei: what the events say it got, less its gas, is what its balance changed by. */
export async function checkLedger(
  { local }: Stage,
  { before, fromBlock, events }: Epoch & { events: readonly TaskEvent[] },
): Promise<Cost[]> {
  const { client } = local.connection;
  const costs = await readCosts(client, { fromBlock: fromBlock + 1n, toBlock: await getBlockNumber(client) });
  const after = await readBalances(client, [...before.keys()]);
  const isExact = [...before].every(([address, wei]) => {
    const expected = address === local.network.escrow ? 0n : wei + earnedBy(address, events) - feesOf(address, costs);
    return after.get(address) === expected;
  });
  const fees = costs.reduce((sum, cost) => sum + cost.feeWei, 0n);
  const isWhole = sumOf(before) - sumOf(after) === fees;
  check(
    "every balance is exact to the wei, the escrow is empty; only gas is gone",
    isExact && isWhole,
    `${formatAmount(sumOf(before) - sumOf(after) - fees)} are not accounted for`,
  );
  return costs;
}

/** Shows what each verb cost, and what one runner's answer cost in all. */
export function showGas({ local, submitter }: Stage, costs: readonly Cost[]): void {
  const byVerb = Map.groupBy(costs, (cost) => cost.verb);
  const rows = [...byVerb].map(([verb, calls]) => {
    const gas = calls.map((call) => call.gas).sort((a, b) => (a < b ? -1 : 1));
    const [least = 0n, most = 0n] = [gas[0], gas.at(-1)];
    return [verb, String(calls.length), least === most ? grouped(least) : `${grouped(least)} to ${grouped(most)}`];
  });
  say(...columns([["call", "times", "gas each"].map((name) => paint("faint", name)), ...rows], [1, 2]).map((line) => `  ${line}`));
  const honest = local.runners
    .slice(0, 3)
    .map(({ address }) => costs.filter((cost) => cost.from === address).reduce((sum, cost) => sum + cost.gas, 0n));
  const each = honest.reduce((sum, gas) => sum + gas, 0n) / BigInt(honest.length);
  const own = costs.filter((cost) => cost.from === submitter).reduce((sum, cost) => sum + cost.gas, 0n);
  say("", `  An honest runner spent ${grouped(each)} gas from slot to payout; the submitter ${grouped(own)} on everything.`);
}
