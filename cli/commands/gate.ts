import {
  type Address,
  type Gate,
  getAdmission,
  getGate,
  getGateList,
  getGateProof,
  isParityError,
  type MerkleList,
  ParityError,
} from "@parity-protocol/sdk";
import { Command } from "commander";
import { type DeployGateOptions, deployHolderGate, deployListGate } from "../gates/deploy-gate.ts";
import { readRunnerList } from "../gates/read-runner-list.ts";
import { gateLines, gateRecord, listFacts, listRecord } from "../gates/show-gate.ts";
import { connect } from "../network/connect.ts";
import { addressFlag, findSettings, type Settings } from "../network/settings.ts";
import { configuredStores } from "../network/stores.ts";
import type { Act, Answer, Context } from "../program/context.ts";
import { type NetworkOptions, type StoreOptions, withExample, withKey, withMoney, withNetwork, withStore } from "../program/options.ts";
import { facts } from "../terminal/columns.ts";

const ADDRESS_A = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8";

/** `parity gate`: says who may take part in tasks. */
export function gateCommand(act: Act): Command {
  const gate = new Command("gate")
    .summary("say who may take part in tasks: make and inspect gates")
    .description(
      "Makes and inspects gates. A gate says who may take a slot in a task; a task without one is open to anyone, and its result proves nothing by itself.",
    );
  gate.addCommand(makeCommand(act));
  gate.addCommand(tokenCommand(act));
  gate.addCommand(proofCommand(act));
  gate.addCommand(showCommand(act));
  return gate;
}

function makeCommand(act: Act): Command {
  const command = new Command("make")
    .summary("make a gate from a list of runners")
    .description(
      "Computes the Merkle root and the hash of a list of runners. With --deploy, uploads the list to the store, where runners find it, and deploys its gate.\n" +
        "The list is a CSV file (`runner` or `runner,identity` a line) or JSON (addresses, or objects with runner and identity). Runners that share an identity (32 bytes, or an address) share a slot.",
    )
    .argument("<list>", "the file with the runners' addresses")
    .option("--deploy", "upload the list and deploy the gate");
  return withExample(
    withMoney(withKey(withStore(withNetwork(command)))),
    `echo ${ADDRESS_A} > runners.csv`,
    "parity gate make runners.csv",
    "parity gate make runners.csv --deploy",
  ).action(
    act(async (context, options: DeployGateOptions & { deploy?: boolean }, file: string) => {
      const list = await readRunnerList(file);
      context.printer.result({ event: "list", ...listRecord(list) }, facts(listFacts(list)));
      if (options.deploy) await deployListGate(context, list, options);
      return 0;
    }),
  );
}

function tokenCommand(act: Act): Command {
  const command = new Command("token")
    .summary("deploy a gate for the holders of a token")
    .description(
      "Deploys a gate that admits the holders of a token: each token of an ERC-721 is one identity; with --minimum, each address that holds so much of an ERC-20 is one.",
    )
    .argument("<token>", "the token's address")
    .option("--minimum <amount>", "how much of an ERC-20 admits, as a whole number of its smallest unit");
  return withExample(
    withMoney(withKey(withNetwork(command))),
    `parity gate token ${ADDRESS_A}`,
    `parity gate token ${ADDRESS_A} --minimum 1000000000000000000`,
  ).action(
    act(async (context, options: DeployGateOptions & { minimum?: string }, text: string) => {
      const token = requiredAddress(text, "<token>");
      const minimum = wholeFlag(options.minimum, "--minimum");
      if (minimum === 0n)
        throw new ParityError("USAGE_INVALID", "--minimum 0 would admit everybody.", { hint: "Leave it out for an ERC-721." });
      await deployHolderGate(context, { token, ...(minimum === undefined ? {} : { minimum }) }, options);
      return 0;
    }),
  );
}

function proofCommand(act: Act): Command {
  const command = new Command("proof")
    .summary("prove that a runner is on a list")
    .description(
      "Prints the identity that a list gives to a runner, and the proof that its gate takes. Runners find both by themselves. Exits with 2 when the runner is not on the list.",
    )
    .argument("<list>", "the file with the runners' addresses")
    .argument("<address>", "the runner");
  return withExample(command, `echo ${ADDRESS_A} > runners.csv`, `parity gate proof runners.csv ${ADDRESS_A}`).action(
    act(async (context, _options: object, ...[file, text]: [string, string]) => {
      const runner = requiredAddress(text, "<address>");
      const admission = (await readRunnerList(file)).proofFor(runner);
      const lines = admission
        ? facts([
            ["identity", admission.identity],
            ["proof", admission.proof],
          ])
        : [`${runner} is not on the list.`];
      context.printer.result({ runner, isListed: admission !== undefined, ...admission }, lines);
      return admission ? 0 : 2;
    }),
  );
}

interface ShowOptions extends NetworkOptions, StoreOptions {
  runner?: string;
  tokenId?: string;
}

function showCommand(act: Act): Command {
  const command = new Command("show")
    .summary("show whom a gate admits")
    .description("Shows whom a gate admits. With --runner, says whether it admits that one, and exits with 2 when it does not.")
    .argument("[gate]", "the gate's address (the network's own unless told)")
    .option("--runner <address>", "ask the gate about this runner")
    .option("--token-id <id>", "the token that the runner holds, for a gate over an ERC-721");
  return withExample(withStore(withNetwork(command)), "parity gate show", `parity gate show --runner ${ADDRESS_A}`).action(
    act(async (context, options: ShowOptions, text: string | undefined) => {
      const settings = findSettings(context, options);
      const runner = addressFlag(options.runner, "--runner");
      const address = text === undefined ? ownGate(settings) : requiredAddress(text, "[gate]");
      const { client } = await connect(settings);
      const gate = await getGate(client, { gate: address });
      const sources = configuredStores(settings);
      const list =
        gate.kind === "merkle" ? await listOf(() => getGateList(client, { gate: address, sources, signal: context.signal })) : undefined;
      context.printer.result(gateRecord(gate, list), gateLines(gate, context.printer.paint, list));
      if (runner === undefined) return 0;
      const tokenId = wholeFlag(options.tokenId, "--token-id");
      const proving = { gate: address, runner, sources, signal: context.signal, ...(tokenId === undefined ? {} : { tokenId }) };
      const identity = gate.kind === "unknown" ? await getAdmission(client, proving) : (await getGateProof(client, proving))?.identity;
      return tellAdmission(context, { gate, runner, identity });
    }),
  );
}

function tellAdmission(
  { printer }: Context,
  { gate, runner, identity }: { gate: Gate; runner: Address; identity: string | undefined },
): Answer {
  const said = identity ? printer.paint("good", `admits ${runner} as ${identity}`) : printer.paint("bad", `does not admit ${runner}`);
  const asked = gate.kind === "unknown" ? " (asked without a proof)" : "";
  printer.result({ event: "admission", runner, isAdmitted: identity !== undefined, ...(identity ? { identity } : {}) }, [
    `The gate ${said}${asked}.`,
  ]);
  return identity ? 0 : 2;
}

/** The gate is worth showing also where its list is not there, or is wrong. */
async function listOf(fetch: () => Promise<MerkleList>): Promise<MerkleList | string> {
  try {
    return await fetch();
  } catch (error) {
    if (
      isParityError(
        error,
        "BLOB_NOT_FOUND",
        "BLOB_CORRUPT",
        "BLOB_TOO_LARGE",
        "STORE_UNREACHABLE",
        "MERKLE_LIST_INVALID",
        "MERKLE_LIST_MISMATCH",
      )
    )
      return error.message;
    throw error;
  }
}

function ownGate({ gate }: Settings): Address {
  if (gate) return gate;
  throw new ParityError("USAGE_INVALID", "No gate is named, and the network has none of its own.", {
    hint: "Name one: parity gate show 0x…",
  });
}

function requiredAddress(text: string, argument: string): Address {
  const address = addressFlag(text, argument);
  if (address) return address;
  throw new ParityError("USAGE_INVALID", `${argument} is missing.`);
}

function wholeFlag(text: string | undefined, flag: string): bigint | undefined {
  if (text === undefined) return undefined;
  if (/^\d{1,78}$/.test(text)) return BigInt(text);
  throw new ParityError("USAGE_INVALID", `${flag} '${text}' is not a whole number.`, { hint: `Write it like this: ${flag} 7` });
}
