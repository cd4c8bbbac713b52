import type { Address, TaskEvent } from "@parity-protocol/sdk";
import { taskEscrowAbi } from "@parity-protocol/sdk/contracts";
import { decodeFunctionData, getAddress } from "viem";
import { getBalance, getBlock, getTransactionReceipt } from "viem/actions";
import type { Reader } from "../../cli/network/connect.ts";

/** Balances by address, in wei. */
export type Balances = ReadonlyMap<Address, bigint>;

/** One transaction: who paid how much gas for which verb. */
export interface Cost {
  from: Address;
  verb: string;
  gas: bigint;
  feeWei: bigint;
}

/** Reads the balances of some accounts. */
export async function readBalances(client: Reader, addresses: readonly Address[]): Promise<Balances> {
  return new Map(await Promise.all(addresses.map(async (address) => [address, await getBalance(client, { address })] as const)));
}

/** Reads what every transaction of a range of blocks cost. */
export async function readCosts(client: Reader, range: { fromBlock: bigint; toBlock: bigint }): Promise<Cost[]> {
  const costs: Cost[] = [];
  for (let blockNumber = range.fromBlock; blockNumber <= range.toBlock; blockNumber++) {
    const { transactions } = await getBlock(client, { blockNumber, includeTransactions: true });
    for (const { hash, from, input } of transactions) {
      const { gasUsed, effectiveGasPrice } = await getTransactionReceipt(client, { hash });
      costs.push({ from: getAddress(from), verb: verbOf(input), gas: gasUsed, feeWei: gasUsed * effectiveGasPrice });
    }
  }
  return costs;
}

/** What the events say that an account got from the escrow, less what it paid in. */
export function earnedBy(address: Address, events: readonly TaskEvent[]): bigint {
  let earned = 0n;
  for (const event of events) {
    if (event.name === "TaskPosted" && isSame(event.args.submitter, address)) earned -= event.args.terms.bounty;
    if (event.name === "PayoutClaimed" && isSame(event.args.payee, address)) earned += event.args.share + event.args.bond;
    if (event.name === "BountyReclaimed" && isSame(event.args.submitter, address)) earned += event.args.amount;
  }
  return earned;
}

/** What an account paid for gas. */
export function feesOf(address: Address, costs: readonly Cost[]): bigint {
  return costs.filter((cost) => isSame(cost.from, address)).reduce((sum, cost) => sum + cost.feeWei, 0n);
}

/** Adds balances up. */
export function sumOf(balances: Balances): bigint {
  return [...balances.values()].reduce((sum, balance) => sum + balance, 0n);
}

function verbOf(input: `0x${string}`): string {
  const { functionName, args } = decodeFunctionData({ abi: taskEscrowAbi, data: input });
  if (functionName !== "performSteps") return functionName;
  const { reveals, claims, commits, reservations } = args[0];
  const verbs = Object.entries({ reveal: reveals, claim: claims, commit: commits, reserve: reservations });
  return `performSteps (${verbs.flatMap(([verb, steps]) => (steps.length > 0 ? [`${steps.length} ${verb}`] : [])).join(", ")})`;
}

function isSame(a: Address, b: Address): boolean {
  return a.toLowerCase() === b.toLowerCase();
}
