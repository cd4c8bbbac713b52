import path from "node:path";
import {
  type Address,
  checkDeployment,
  type DeployedEscrow,
  type DeploymentPlan,
  deployEscrow,
  type Hex,
  ParityError,
  planDeployment,
  zeroAddress,
} from "@parity-protocol/sdk";
import { Command } from "commander";
import { findAccount } from "../keys/find-key.ts";
import { readBalance } from "../network/balance.ts";
import { type Connection, connect, escrowOf, sendAs } from "../network/connect.ts";
import { checkLines } from "../network/deployment-lines.ts";
import { findNetwork, type Network, networkFileIn, readNetwork, writeNetwork } from "../network/network-file.ts";
import { addressFlag, findSettings } from "../network/settings.ts";
import type { Act, Answer, Context } from "../program/context.ts";
import { type KeyOptions, type MoneyOptions, withExample, withKey, withMoney } from "../program/options.ts";
import { requireConsent } from "../submission/confirm.ts";
import { facts } from "../terminal/columns.ts";
import { formatAmount } from "../units/amount.ts";

interface DeployOptions extends KeyOptions, MoneyOptions {
  rpcUrl?: string;
  asset?: string;
  factory?: string;
  storeUrl?: string;
  network?: string;
  check?: boolean;
  escrow?: string;
  gate?: string;
}

/** `parity deploy`: puts the contracts on a chain, or checks those that are there. */
export function deployCommand(act: Act): Command {
  const command = new Command("deploy")
    .summary("put the contracts on a chain, or check those that are there")
    .description(
      "Deploys the escrow of an asset and its factory, or finds what is deployed already, and writes the network file, where the other commands find it. " +
        "The addresses are the same on every chain that has the CREATE2 deployer 0x4e59b448…4956C.\n" +
        "With --check sends nothing: says whether the code on the chain is this version's, and exits with 2 when it is not.",
    )
    .option("--rpc-url <url>", "the chain (else PARITY_RPC_URL, else the network file)")
    .option("--asset <address>", "an ERC-20 token (the chain's own currency unless told)")
    .option("--factory <address>", "a factory that is there already")
    .option("--store-url <url>", "a store to note in the network file")
    .option("--network <file>", "the network file to write, or to check (.parity/network.json unless told)")
    .option("--check", "only compare the code of the network's contracts with this version's")
    .option("--escrow <address>", "with --check: the escrow (else PARITY_ESCROW, else the network file's)")
    .option("--gate <address>", "with --check: a gate to check, too (else the network file's)");
  return withExample(withMoney(withKey(command)), "parity deploy --network deployed.json", "parity deploy --check").action(
    act((context, options: DeployOptions) => (options.check ? check(context, options) : deploy(context, options))),
  );
}

async function check(context: Context, options: DeployOptions): Promise<Answer> {
  const { storeUrl: _, ...network } = options;
  const settings = findSettings(context, network);
  const escrow = escrowOf(settings);
  const { client } = await connect(settings);
  const gate = addressFlag(options.gate, "--gate") ?? settings.gate;
  const factory = addressFlag(options.factory, "--factory") ?? settings.factory;
  const checked = await checkDeployment(client, { escrow, ...(factory ? { factory } : {}), ...(gate ? { gate } : {}) });
  context.printer.result({ event: "checked", ...checked }, checkLines(checked, context.printer.paint));
  return checked.isThisVersion ? 0 : 2;
}

async function deploy(context: Context, options: DeployOptions): Promise<Answer> {
  const file = options.network ?? networkFileIn(context.directory);
  const known = readNetwork(file);
  const asset = addressFlag(options.asset, "--asset") ?? zeroAddress;
  const rpcUrl = options.rpcUrl ?? context.environment().PARITY_RPC_URL ?? known?.rpcUrl;
  const connection = await connect({ rpcUrl: findSettings(context, rpcUrl === undefined ? {} : { rpcUrl }).rpcUrl });
  const factory = addressFlag(options.factory, "--factory") ?? (known?.chainId === connection.chainId ? known.factory : undefined);
  const wanted = { asset, ...(factory ? { factory } : {}) };
  const plan = await planDeployment(connection.client, wanted);
  if (known) requireSame(known, { plan, chainId: connection.chainId, name: path.relative(context.directory, file) });
  const deployed = plan.hasEscrow
    ? await deployEscrow(connection.client, { ...wanted, signal: context.signal }) // finds it, and needs no key
    : await send(context, { connection, plan, wanted, options });
  note(file, { known, connection, deployed, storeUrl: options.storeUrl });
  context.printer.result({ event: "deployed", ...deployed, file }, deployedLines(deployed, file));
  return 0;
}

/** What stands in a network file is not overwritten by another network: its tasks would be out of sight. @throws FILE_EXISTS */
function requireSame(known: Network, { plan, chainId, name }: { plan: DeploymentPlan; chainId: number; name: string }): void {
  const isSame = known.chainId === chainId && plan.escrow?.toLowerCase() === known.escrow.toLowerCase();
  if (isSame) return;
  throw new ParityError("FILE_EXISTS", `${name} describes another network: escrow ${known.escrow} on chain ${known.chainId}.`, {
    hint: "Name another file with --network, or deploy from another folder.",
  });
}

interface Sending {
  connection: Connection;
  plan: DeploymentPlan;
  wanted: { asset: Address; factory?: Address };
  options: DeployOptions;
}

async function send(context: Context, { connection, plan, wanted, options }: Sending): Promise<DeployedEscrow> {
  const { chainId, client } = connection;
  const account = await findAccount(context, options, localKeyOf(context, chainId));
  const balance = formatAmount(await readBalance(client, account.address));
  const what = plan.hasFactory ? "an escrow, through the factory that is there" : "a factory and an escrow";
  const gas = plan.hasFactory ? "3,400,000" : "7,200,000";
  const where =
    plan.isCanonical || plan.hasFactory ? "" : " The chain has no CREATE2 deployer: the addresses will be those of this chain alone.";
  context.printer.step(
    { event: "offer", chainId, deployer: account.address, ...plan },
    `Deploying ${what} to chain ${chainId}: about ${gas} gas, paid by ${account.address} (has ${balance}).${where}`,
  );
  await requireConsent(context, options, { question: "Deploy?", chainId });
  return deployEscrow(sendAs(connection, account), { ...wanted, signal: context.signal });
}

/** A local network's submitter may deploy on its chain, too. */
function localKeyOf(context: Context, chainId: number): Hex | undefined {
  const here = findNetwork(context.directory)?.network;
  return here?.chainId === chainId ? here.submitterKey : undefined;
}

interface Noting {
  known: Network | undefined;
  connection: Connection;
  deployed: DeployedEscrow;
  storeUrl: string | undefined;
}

/** Keeps what a network file says besides: the store's token, the gate, the key of a local submitter. */
function note(file: string, { known, connection, deployed, storeUrl }: Noting): void {
  const { chainId, rpcUrl } = connection;
  const { factory, escrow, deployedAtBlock } = deployed;
  const found = { chainId, rpcUrl, factory, escrow, deployedAtBlock: Number(deployedAtBlock) };
  writeNetwork(file, { ...found, ...known, ...(storeUrl ? { storeUrl } : {}) });
}

function deployedLines({ factory, escrow, isNew, isCanonical }: DeployedEscrow, file: string): string[] {
  return facts([
    ["factory", `${factory} ${isCanonical ? "(the same on every chain with the CREATE2 deployer)" : "(of this chain alone)"}`],
    ["escrow", `${escrow}${isNew ? "" : " (was there)"}`],
    ["noted in", file],
  ]);
}
