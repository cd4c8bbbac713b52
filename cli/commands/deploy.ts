import path from "node:path";
import { deployEscrow, ParityError } from "@parity-protocol/sdk";
import { Command } from "commander";
import { getBalance } from "viem/actions";
import { findAccount } from "../keys/find-key.ts";
import { connect, sendAs } from "../network/connect.ts";
import { networkFileIn, readNetwork, writeNetwork } from "../network/network-file.ts";
import { addressFlag, findSettings } from "../network/settings.ts";
import type { Act } from "../program/context.ts";
import { type KeyOptions, type MoneyOptions, withExample, withKey, withMoney } from "../program/options.ts";
import { requireConsent } from "../submission/confirm.ts";
import { facts } from "../terminal/columns.ts";
import { formatAmount } from "../units/amount.ts";

interface DeployOptions extends KeyOptions, MoneyOptions {
  rpcUrl?: string;
  asset?: string;
  factory?: string;
  storeUrl?: string;
}

/** `parity deploy`: puts the contracts on a chain. */
export function deployCommand(act: Act): Command {
  const command = new Command("deploy")
    .summary("put the contracts on a chain")
    .description(
      "Deploys the escrow of an asset, through a new factory or one that is there, and writes .parity/network.json, where the other commands find it.",
    )
    .option("--rpc-url <url>", "the chain (else PARITY_RPC_URL)")
    .option("--asset <address>", "an ERC-20 token (the chain's own currency unless told)")
    .option("--factory <address>", "a factory that is there already")
    .option("--store-url <url>", "a store to note in the network file");
  return withExample(withMoney(withKey(command)), "parity deploy --rpc-url https://rpc.example.org --keystore wallet.json").action(
    act(async (context, options: DeployOptions) => {
      const file = networkFileIn(context.directory);
      if (readNetwork(file))
        throw new ParityError("FILE_EXISTS", `${path.relative(context.directory, file)} describes a network already.`, {
          hint: "Remove it, or deploy from another folder.",
        });
      const [asset, factory] = [addressFlag(options.asset, "--asset"), addressFlag(options.factory, "--factory")];
      const { storeUrl: _, ...network } = options;
      const connection = await connect(findSettings(context, network));
      const account = await findAccount(context, options);
      const balance = formatAmount(await getBalance(connection.client, { address: account.address }));
      context.printer.step(
        { event: "offer", chainId: connection.chainId, deployer: account.address },
        `Deploying to chain ${connection.chainId}: about 5,000,000 gas, paid by ${account.address} (has ${balance}).`,
      );
      await requireConsent(context, options, { question: "Deploy?", chainId: connection.chainId });
      const deployed = await deployEscrow(sendAs(connection, account), {
        ...(asset ? { asset } : {}),
        ...(factory ? { factory } : {}),
        signal: context.signal,
      });
      const { deployedAtBlock, escrow } = deployed;
      writeNetwork(file, {
        chainId: connection.chainId,
        rpcUrl: connection.rpcUrl,
        factory: deployed.factory,
        escrow,
        deployedAtBlock: Number(deployedAtBlock),
        ...(options.storeUrl ? { storeUrl: options.storeUrl } : {}),
      });
      context.printer.result(
        { event: "deployed", ...deployed },
        facts([
          ["factory", deployed.factory],
          ["escrow", `${escrow}${deployed.isNew ? "" : " (was there)"}`],
          ["noted in", file],
        ]),
      );
      return 0;
    }),
  );
}
