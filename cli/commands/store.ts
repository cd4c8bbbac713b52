import { randomBytes } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { ParityError } from "@parity-protocol/sdk";
import { Command } from "commander";
import { readAllVariables } from "../config.ts";
import { findSettings } from "../network/settings.ts";
import type { Act, Context } from "../program/context.ts";
import { type NetworkOptions, withExample, withNetwork } from "../program/options.ts";
import { facts } from "../terminal/columns.ts";

interface ServeOptions extends NetworkOptions {
  directory?: string;
  host?: string;
  port?: string;
  tokenFile?: string;
  publicUrl?: string[];
  retentionDays?: string;
  maxBytes?: string;
  /** False after --no-chain. */
  chain: boolean;
}

/** `parity store`: keeps blobs and serves them. */
export function storeCommand(act: Act): Command {
  const store = new Command("store").summary("keep blobs and serve them").description("Keeps blobs and serves them.");
  store.addCommand(serveCommand(act));
  return store;
}

function serveCommand(act: Act): Command {
  const command = new Command("serve")
    .summary("run a store until it is stopped")
    .description(
      "Runs a store until it is stopped. It is configured by STORE_… variables and .env; flags come first, the network file last.\nAnyone may read. Who has the token may write; where a chain is known, submitters and runners may by signature, too.",
    )
    .option("--directory <folder>", "where the blobs are kept (else STORE_DIRECTORY)")
    .option("--host <address>", "where to listen (else STORE_HOST, else 127.0.0.1)")
    .option("--port <number>", "0 picks a free one (else STORE_PORT, else 8090)")
    .option("--token-file <file>", "the token, on the file's first line; the file is made where it is absent (else STORE_TOKEN)")
    .option("--public-url <url>", "what others call this store; may be repeated (else STORE_PUBLIC_URLS)", collect)
    .option("--retention-days <days>", "remove blobs so long after the last task that uses them (else STORE_RETENTION_DAYS, else never)")
    .option("--max-bytes <size>", "what all blobs may take together, such as 100G (else STORE_MAX_BYTES)")
    .option("--no-chain", "take writes by token alone, whatever network is known");
  return withExample(withNetwork(command), "parity store serve --directory blobs --port 0 --token-file store.token").action(
    act(async (context, options: ServeOptions) => {
      const { loadStoreConfig, runStore } = await import("@parity-protocol/store"); // brings a server, and is only needed here
      // What a person sees is one line that says where; the rest is for logs.
      const all = {
        STORE_LOG_LEVEL: "warn",
        ...fromNetworkFile(context, options),
        ...readAllVariables(context.directory),
        ...fromFlags(context, options),
      };
      const { chain, ...config } = loadStoreConfig(all, context.directory);
      const writers = [...(config.token ? ["the token's owner"] : []), ...(chain && options.chain ? ["submitters", "runners"] : [])];
      await runStore(
        { ...config, chain: options.chain ? chain : undefined },
        {
          signal: context.signal,
          onReady: ({ url }) => {
            const shown = { url, directory: path.resolve(config.directory), writers: writers.join(", ") || "nobody: it only reads" };
            context.printer.step({ event: "ready", ...shown, writers }, facts(Object.entries(shown)).join("\n"));
          },
        },
      );
      return 0;
    }),
  );
}

function collect(url: string, before: string[] = []): string[] {
  return [...before, url];
}

/** What a store takes from the network file where nothing else says it. */
function fromNetworkFile(context: Context, options: ServeOptions): Record<string, string> {
  try {
    const { rpcUrl, escrow, fromBlock } = findSettings(context, options);
    return escrow ? { STORE_RPC_URL: rpcUrl, STORE_ESCROW: escrow, STORE_FROM_BLOCK: String(fromBlock) } : {};
  } catch {
    return {}; // without a network only the token's owner writes
  }
}

function fromFlags(context: Context, options: ServeOptions): Record<string, string> {
  const values = {
    STORE_RPC_URL: options.rpcUrl,
    STORE_ESCROW: options.escrow,
    STORE_DIRECTORY: options.directory,
    STORE_HOST: options.host,
    STORE_PORT: options.port,
    STORE_TOKEN: options.tokenFile === undefined ? undefined : tokenIn(path.resolve(context.directory, options.tokenFile)),
    STORE_PUBLIC_URLS: options.publicUrl?.join(" "),
    STORE_RETENTION_DAYS: options.retentionDays,
    STORE_MAX_BYTES: options.maxBytes,
  };
  return Object.fromEntries(Object.entries(values).filter((entry): entry is [string, string] => Boolean(entry[1])));
}

/** Reads a token, or makes one that only its owner can read. @throws FILE_UNREADABLE */
function tokenIn(file: string): string {
  try {
    return firstLine(readFileSync(file, "utf8"));
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== "ENOENT") throw new ParityError("FILE_UNREADABLE", `${file} cannot be read.`, { cause });
  }
  const token = randomBytes(32).toString("hex");
  try {
    writeFileSync(file, `${token}\n`, { mode: 0o600, flag: "wx" });
  } catch (cause) {
    throw new ParityError("FILE_UNREADABLE", `${file} cannot be written.`, { cause });
  }
  return token;
}

function firstLine(text: string): string {
  return text.split("\n", 1)[0]?.trim() ?? "";
}
