import path from "node:path";
import { isParityError, ParityError } from "@parity-protocol/sdk";
import { Command } from "commander";
import { buildExplorer } from "../explorer/build-explorer.ts";
import { type ServedExplorer, serveExplorer } from "../explorer/serve-explorer.ts";
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
  explorer: boolean;
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
    .option("--directory <folder>", "where its logs, blobs and runners live", path.join(".parity", "local"))
    .option("--no-explorer", "without the page that shows its tasks");
  return withExample(command, "parity up").action(act(up));
}

async function up(context: Context, options: UpOptions): Promise<0> {
  const count = wholeNumber(options.runners, { flag: "--runners", minimum: 1, maximum: MOST_RUNNERS });
  const port = wholeNumber(options.port, { flag: "--port", minimum: 0, maximum: 65_535 });
  const hold = holdFolder(context.directory);
  const leaving = new AbortController();
  try {
    const runners = Array.from({ length: count }, (_, i) => ({ name: `runner-${i + 1}` }));
    const directory = path.resolve(context.directory, options.directory);
    const page = options.explorer ? buildInTheMeantime(AbortSignal.any([context.signal, leaving.signal])) : undefined;
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
    await serve(context, { local, directory, page });
    return 0;
  } catch (error) {
    if (context.signal.aborted) return 0; // Ctrl-C while it starts is an answer, too
    throw error;
  } finally {
    leaving.abort();
    hold.release();
  }
}

/** The folder of the built page, or why there is none; undefined where nobody waits for it any more. */
type Page = Promise<string | ParityError | undefined>;

/** A network without its page is still a network: what keeps the page away is said, and not thrown. */
function buildInTheMeantime(signal: AbortSignal): Page {
  return buildExplorer(signal).catch((error: unknown) => {
    if (isParityError(error) || signal.aborted) return isParityError(error) ? error : undefined;
    throw error;
  });
}

/** A network that is up, and what goes with it. */
interface Up {
  local: LocalNetwork;
  directory: string;
  page: Page | undefined;
  explorer?: ServedExplorer | undefined;
}

async function serve(context: Context, up: Up): Promise<void> {
  const { printer, signal } = context;
  const { local } = up;
  const file = networkFileIn(context.directory);
  let explorer: ServedExplorer | undefined;
  try {
    explorer = await openPage(context, up);
    writeNetwork(file, { ...local.network, pid: process.pid });
    printer.result(readyRecord({ ...up, explorer }, file), readyLines({ ...up, explorer }, context));
    await Promise.race([
      local.broken,
      new Promise<void>((resolve) => (signal.aborted ? resolve() : signal.addEventListener("abort", () => resolve()))),
    ]);
    printer.step({ stopping: true }, "Taking the network down…");
  } finally {
    removeNetwork(file, process.pid);
    await explorer?.close();
    await local.stop();
  }
}

async function openPage({ printer, signal }: Context, { local, page }: Up): Promise<ServedExplorer | undefined> {
  printer.progress("Building the explorer…");
  const folder = await page;
  if (typeof folder === "string") return serveExplorer(folder, local.network);
  if (folder && !signal.aborted) printer.warn(`${folder.message} The network is up without it.`);
  return undefined;
}

function readyRecord({ local: { network, runners }, explorer }: Up, networkFile: string) {
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
    ...(explorer ? { explorer: explorer.url } : {}),
    runners: runners.map(({ name, address }) => ({ name, address })),
    networkFile,
  };
}

function readyLines({ local: { network, runners }, directory, explorer }: Up, { printer, directory: here }: Context): string[] {
  return [
    printer.paint("good", "A local network is up."),
    ...facts([
      ["chain", `${network.rpcUrl} (id ${network.chainId})`],
      ["escrow", network.escrow],
      ["gate", `${network.gate} (admits these runners)`],
      ["store", network.storeUrl],
      ...(explorer ? ([["explorer", `${explorer.url} (tasks, who revealed what, who was paid)`]] as const) : []),
      ...runners.map(({ name, address }): [string, string] => [name, address]),
      ["logs", path.relative(here, path.join(directory, "logs")) || directory],
    ]),
    "",
    "In another terminal, in this folder:  parity init node hello && parity run hello",
    "Ctrl-C takes it all down.",
  ];
}

function wholeNumber(text: string, { flag, minimum, maximum }: { flag: string; minimum: number; maximum: number }): number {
  const value = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= minimum && value <= maximum) return value;
  throw new ParityError("USAGE_INVALID", `${flag} '${text}' is not a whole number from ${minimum} to ${maximum}.`);
}
