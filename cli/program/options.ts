import { ParityError } from "@parity-protocol/sdk";
import { type Command, Option } from "commander";
import { parseSize } from "../units/size.ts";

/** Where the network is, as flags say it. */
export interface NetworkOptions {
  rpcUrl?: string;
  escrow?: string;
  network?: string;
}

/** Which stores to use, as flags say it. */
export interface StoreOptions {
  storeUrl?: string[];
}

/** Which key signs, as flags say it. A key itself is never an argument: other users of the machine could read it. */
export interface KeyOptions {
  keystore?: string;
  passwordFile?: string;
}

/** Whether to ask before money moves. */
export interface MoneyOptions {
  yes?: boolean;
}

/** Adds the flags that name a network. */
export function withNetwork(command: Command): Command {
  return command
    .option("--rpc-url <url>", "the chain (else PARITY_RPC_URL, else .parity/network.json)")
    .option("--escrow <address>", "the escrow (else PARITY_ESCROW, else .parity/network.json)")
    .addOption(new Option("--network <file>", "a network file to use instead of .parity/network.json"));
}

/** Adds the flag that names stores. */
export function withStore(command: Command): Command {
  return command.option(
    "--store-url <url>",
    "where blobs are; may be repeated (else PARITY_STORE_URL, else .parity/network.json)",
    collect,
  );
}

function collect(url: string, before: string[] = []): string[] {
  return [...before, url];
}

/** How much may be fetched, as a flag says it. */
interface DownloadOptions {
  maxDownload: string;
}

/** Adds the flag that bounds what is fetched: whoever wrote the task says how large its blobs are. */
function withDownload(command: Command): Command {
  return command.option("--max-download <size>", "refuse to fetch more than this", "4GiB");
}

/** What says how to fetch a task's blobs. */
export type FetchOptions = NetworkOptions & StoreOptions & DownloadOptions;

/** Adds the flags of a command that fetches a task's blobs. */
export function withFetch(command: Command): Command {
  return withDownload(withStore(withNetwork(command)));
}

/** Reads the bound on what is fetched, in bytes. @throws USAGE_INVALID */
export function maxDownloadBytes({ maxDownload }: DownloadOptions): number {
  const bytes = parseSize(maxDownload);
  if (bytes !== undefined) return bytes;
  throw new ParityError("USAGE_INVALID", `--max-download '${maxDownload}' is not a size.`, {
    hint: "Write a size with its unit: --max-download 20GiB",
  });
}

/** Adds the flags that name a key. */
export function withKey(command: Command): Command {
  return command
    .option("--keystore <file>", "the encrypted key that signs (else PARITY_KEYSTORE or PARITY_PRIVATE_KEY)")
    .option("--password-file <file>", "the keystore's password, on the file's first line (else PARITY_PASSWORD_FILE, else you are asked)");
}

/** Adds the flag that says where a runner keeps what is its own. */
export function withRunnerDirectory(command: Command): Command {
  return command.option("--directory <folder>", "the runner's directory: journal, cache, outputs (else RUNNER_DIRECTORY)");
}

/** Adds the flags that say which runner: its directory and its key. */
export function withRunner(command: Command): Command {
  return withRunnerDirectory(command)
    .option("--keystore <file>", "its encrypted key (else RUNNER_KEYSTORE)")
    .option(
      "--password-file <file>",
      "the keystore's password, on the file's first line (else RUNNER_PASSWORD_FILE; without both, start asks you)",
    );
}

/** Adds the flag that skips the question before money moves. */
export function withMoney(command: Command): Command {
  return command.option("-y, --yes", "do not ask before money moves");
}

/** Adds examples to a command's help. */
export function withExample(command: Command, ...lines: string[]): Command {
  return command.addHelpText("after", `\n${lines.length > 1 ? "Examples" : "Example"}:\n${lines.map((line) => `  $ ${line}`).join("\n")}`);
}
