import { type Address, ParityError } from "@parity-protocol/sdk";
import { readBalance, readTokens } from "../network/balance.ts";
import type { OpenNetwork } from "../network/open-network.ts";
import { formatAmount } from "../units/amount.ts";
import type { TermsPlan } from "./terms.ts";

/** What an account has to pay with. */
export interface Funds {
  /** In the escrow's asset. */
  balanceWei: bigint;
  /** In the chain's own currency. */
  gasBalanceWei: bigint;
}

/** Reads what an account has, which must cover the bounty; gas is checked when the transaction is known. @throws INSUFFICIENT_FUNDS */
export async function requireFunds(network: OpenNetwork, { address, terms }: { address: Address; terms: TermsPlan }): Promise<Funds> {
  const { connection, currency } = network;
  const gasBalanceWei = await readBalance(connection.client, address);
  const balanceWei = currency.token ? await readTokens(connection.client, currency.token, address) : gasBalanceWei;
  const bounty = formatAmount(terms.bountyWei, currency);
  if (balanceWei < terms.bountyWei || (!currency.token && balanceWei === terms.bountyWei))
    throw new ParityError(
      "INSUFFICIENT_FUNDS",
      `${address} has ${formatAmount(balanceWei, currency)}, and the bounty is ${bounty} and gas.`,
    );
  if (gasBalanceWei === 0n) throw new ParityError("INSUFFICIENT_FUNDS", `${address} has ${bounty} for the bounty, but nothing for gas.`);
  return { balanceWei, gasBalanceWei };
}
