import {
  blobFromBytes,
  type Deployed,
  type DeployTokenGateParameters,
  deployMerkleGate,
  deployTokenGate,
  type MerkleList,
} from "@parity-protocol/sdk";
import type { PrivateKeyAccount } from "viem/accounts";
import { findAccount } from "../keys/find-key.ts";
import { readBalance } from "../network/balance.ts";
import { type Connection, connect, type Sender, sendAs } from "../network/connect.ts";
import { findSettings, type Settings } from "../network/settings.ts";
import { uploadStore } from "../network/stores.ts";
import type { Context } from "../program/context.ts";
import type { KeyOptions, MoneyOptions, NetworkOptions, StoreOptions } from "../program/options.ts";
import { requireConsent } from "../submission/confirm.ts";
import { facts } from "../terminal/columns.ts";
import { formatAmount } from "../units/amount.ts";

/** Everything that says where to deploy a gate, and who pays. */
export type DeployGateOptions = NetworkOptions & StoreOptions & KeyOptions & MoneyOptions;

/** Uploads a list to the store and deploys its gate: in this order, so that no gate is without its list. @throws what either throws */
export async function deployListGate(context: Context, list: MerkleList, options: DeployGateOptions): Promise<void> {
  const { connection, settings, account } = await open(context, options);
  const { chainId } = connection;
  const store = uploadStore(settings, settings.escrow && { chainId, escrow: settings.escrow, account });
  const sender = await agree(context, { connection, account, options, what: `a gate for ${list.entries.length} runners` });
  await store.put(blobFromBytes(list.listBytes), { signal: context.signal });
  context.printer.step({ event: "uploaded", store: store.label, listHash: list.listHash }, `Uploaded the list to ${store.label}.`);
  tell(context, await deployMerkleGate(sender, { ...list, signal: context.signal }));
}

/** Deploys the gate of a token. @throws TOKEN_HAS_NO_CODE, NOT_AN_ERC721, and what sending throws */
export async function deployHolderGate(context: Context, gate: DeployTokenGateParameters, options: DeployGateOptions): Promise<void> {
  const { connection, account } = await open(context, options);
  const sender = await agree(context, { connection, account, options, what: `a gate for the holders of ${gate.token}` });
  tell(context, await deployTokenGate(sender, { ...gate, signal: context.signal }));
}

interface Opened {
  connection: Connection;
  settings: Settings;
  account: PrivateKeyAccount;
}

async function open(context: Context, options: DeployGateOptions): Promise<Opened> {
  const settings = findSettings(context, options);
  const connection = await connect(settings);
  return { settings, connection, account: await findAccount(context, options, settings.submitterKey) };
}

type Agreeing = Omit<Opened, "settings"> & { options: DeployGateOptions; what: string };

async function agree(context: Context, { connection, account, options, what }: Agreeing): Promise<Sender> {
  const { chainId, client } = connection;
  const balance = formatAmount(await readBalance(client, account.address));
  context.printer.step(
    { event: "offer", chainId, deployer: account.address },
    `Deploying ${what} to chain ${chainId}, paid by ${account.address} (has ${balance}).`,
  );
  await requireConsent(context, options, { question: "Deploy?", chainId });
  return sendAs(connection, account);
}

function tell({ printer }: Context, { address, transactionHash, blockNumber }: Deployed): void {
  printer.result(
    { event: "deployed", gate: address, transactionHash, blockNumber },
    facts([
      ["gate", address],
      ["use it", `parity post job.json --gate ${address}`],
    ]),
  );
}
