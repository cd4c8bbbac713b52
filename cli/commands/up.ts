import path from "node:path";
import { ParityError } from "@parity-protocol/sdk";
import { Command } from "commander";
import { holdFolder } from "../local-network/single-instance.ts";
import type { LocalNetwork } from "../local-network/start-local-network.ts";
import { networkFileIn, removeNetwork, writeNetwork } from "../network/network-file.ts";
import type { Act, Context } from "../program/context.ts";
import { withExample } from "../program/options.ts";
import { facts } from "../terminal/columns.ts";

const MOST_RUNNERS = 24;

interface UpOptions {
  runners: string;
  port: string;
  directory: string;
}

/** `parity up`: runs a whole network on this machine until it is stopped. */
export function upCommand(act: Act): Command {
  const command = new Command("up")
    .summary("run a whole network on this machine")
    .description(
      "Runs a network on this machine: a chain, the contracts, a store and runners, each a process of its own. Ctrl-C takes all of it down.",
    )
    .option("--runners <count>", "how many runners", "3")
    .option("--port <port>", "the chain's port; 0 takes a free one", "0")
    .option("--directory <folder>", "where its logs, blobs and runners live", path.join(".parity", "local"));
  return withExample(command, "parity up", "parity up --runners 5 --json").action(act(up));
}

async function up(context: Context, options: UpOptions): Promise<0> {
  const count = wholeNumber(options.runners, { flag: "--runners", minimum: 1, maximum: MOST_RUNNERS });
  const port = wholeNumber(options.port, { flag: "--port", minimum: 0, maximum: 65_535 });
  const hold = holdFolder(context.directory);
  try {
    const runners = Array.from({ length: count }, (_, i) => ({ name: `runner-${i + 1}` }));
    const directory = path.resolve(context.directory, options.directory);
    const { signal, printer } = context;
    const { startLocalNetwork } = await import("../local-network/start-local-network.ts"); // brings the store
    const local = await startLocalNetwork({
      directory,
      port,
      runners,
      signal,
      hold: { mark: hold, files: [networkFileIn(context.directory)] },
      onStep: (text) => printer.progress(text),
    });
    await serve(context, local, directory);
    return 0;
  } catch (error) {
    if (context.signal.aborted) return 0; // Ctrl-C while it starts is an answer, too
    throw error;
  } finally {
    hold.release();
  }
}

async function serve(context: Context, local: LocalNetwork, directory: string): Promise<void> {
  const { printer, signal } = context;
  const file = networkFileIn(context.directory);
  try {
    writeNetwork(file, { ...local.network, pid: process.pid });
    printer.result(readyRecord(local, file), readyLines(local, directory, context));
    await Promise.race([
      local.broken,
      new Promise<void>((resolve) => (signal.aborted ? resolve() : signal.addEventListener("abort", () => resolve()))),
    ]);
    printer.step({ stopping: true }, "Taking the network down…");
  } finally {
    removeNetwork(file, process.pid);
    await local.stop();
  }
}

function readyRecord({ network, runners }: LocalNetwork, networkFile: string) {
  const { rpcUrl, chainId, factory, escrow, deployedAtBlock, gate, storeUrl } = network;
  return {
    ready: true,
    rpcUrl,
    chainId,
    factory,
    escrow,
    deployedAtBlock,
    gate,
    store: storeUrl,
    runners: runners.map(({ name, address }) => ({ name, address })),
    networkFile,
  };
}

function readyLines({ network, runners }: LocalNetwork, directory: string, { printer, directory: here }: Context): string[] {
  return [
    printer.paint("good", "A local network is up."),
    ...facts([
      ["chain", `${network.rpcUrl} (id ${network.chainId})`],
      ["escrow", network.escrow],
      ["gate", `${network.gate} (admits these runners)`],
      ["store", network.storeUrl],
      ...runners.map(({ name, address }): [string, string] => [name, address]),
      ["logs", path.relative(here, path.join(directory, "logs")) || directory],
    ]),
    "",
    "In another terminal, in this folder:  parity run job.json --out result",
    "Ctrl-C takes it all down.",
  ];
}

function wholeNumber(text: string, { flag, minimum, maximum }: { flag: string; minimum: number; maximum: number }): number {
  const value = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= minimum && value <= maximum) return value;
  throw new ParityError("USAGE_INVALID", `${flag} '${text}' is not a whole number from ${minimum} to ${maximum}.`);
}
