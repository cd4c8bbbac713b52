import { type Address, type Escrow, getAsset, getEscrow } from "@parity-protocol/sdk";
import type { Context } from "../program/context.ts";
import type { NetworkOptions, StoreOptions } from "../program/options.ts";
import type { TaskPlace } from "../tasks/find-task.ts";
import { type Currency, currencyOf } from "../units/currency.ts";
import { type Connection, connect, escrowOf } from "./connect.ts";
import { findSettings, type Settings } from "./settings.ts";

/** A network that answered: its chain is the right one, and its escrow is an escrow. */
export interface OpenNetwork {
  settings: Settings;
  connection: Connection;
  escrow: Address;
  asset: Escrow;
  /** What its amounts are in. */
  currency: Currency;
  place: TaskPlace;
}

/**
 * Finds the network that a command is about and checks it.
 * @throws NETWORK_UNKNOWN, RPC_UNREACHABLE, WRONG_CHAIN, NO_CODE_AT_ESCROW, NOT_AN_ESCROW
 */
export async function openNetwork(context: Context, options: NetworkOptions & StoreOptions): Promise<OpenNetwork> {
  const settings = findSettings(context, options);
  const escrow = escrowOf(settings);
  const connection = await connect(settings);
  const asset = await getEscrow(connection.client, { escrow });
  const currency = currencyOf(await getAsset(connection.client, asset));
  const place = { client: connection.client, escrow, fromBlock: settings.fromBlock, signal: context.signal };
  return { settings, connection, escrow, asset, currency, place };
}
