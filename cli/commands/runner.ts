import { Command } from "commander";
import { readAllVariables } from "../config.ts";
import { findSettings } from "../network/settings.ts";
import type { Act, Context } from "../program/context.ts";
import { type KeyOptions, type NetworkOptions, type StoreOptions, withExample, withNetwork, withStore } from "../program/options.ts";

interface StartOptions extends NetworkOptions, StoreOptions, KeyOptions {
  directory?: string;
  payee?: string;
}

/** `parity runner`: takes tasks, runs them, is paid. */
export function runnerCommand(act: Act): Command {
  const runner = new Command("runner").summary("take tasks, run their jobs, be paid").description("Takes tasks, runs their jobs, is paid.");
  runner.addCommand(startCommand(act));
  return runner;
}

function startCommand(act: Act): Command {
  const command = new Command("start")
    .summary("run a runner until it is stopped")
    .description(
      "Runs a runner until it is stopped. It is configured by RUNNER_… variables and .env; flags come first, the network file last.",
    )
    .option("--directory <folder>", "its journal, cache and outputs (else RUNNER_DIRECTORY)")
    .option("--keystore <file>", "its encrypted key (else RUNNER_KEYSTORE)")
    .option("--password-file <file>", "the keystore's password, on the file's first line (else RUNNER_PASSWORD_FILE)")
    .option("--payee <address>", "who is paid (else RUNNER_PAYEE, else the key's own address)");
  return withExample(withStore(withNetwork(command)), "parity runner start --keystore wallet.json --password-file wallet.password").action(
    act(async (context, options: StartOptions) => {
      const { loadRunnerConfig, startRunner } = await import("@parity-protocol/runner"); // large, and only needed here
      const running = await startRunner(
        loadRunnerConfig({ ...fromNetworkFile(context, options), ...readAllVariables(context.directory), ...fromFlags(options) }),
      );
      const stop = () => void running.stop();
      if (context.signal.aborted) stop();
      context.signal.addEventListener("abort", stop);
      await running.done;
      return 0;
    }),
  );
}

/** What a runner takes from the network file where nothing else says it; its key never comes from there. */
function fromNetworkFile(context: Context, options: StartOptions): Record<string, string> {
  try {
    const { rpcUrl, escrow, fromBlock, storeUrls, storeToken } = findSettings(context, options);
    return set({
      RUNNER_RPC_URL: rpcUrl,
      RUNNER_ESCROW: escrow,
      RUNNER_FROM_BLOCK: String(fromBlock),
      RUNNER_STORE_URLS: storeUrls.join(" "),
      RUNNER_STORE_TOKEN: storeToken,
    });
  } catch {
    return {}; // the runner's own check names what is missing
  }
}

function fromFlags(options: StartOptions): Record<string, string> {
  return set({
    RUNNER_RPC_URL: options.rpcUrl,
    RUNNER_ESCROW: options.escrow,
    RUNNER_STORE_URLS: options.storeUrl?.join(" "),
    RUNNER_DIRECTORY: options.directory,
    RUNNER_KEYSTORE: options.keystore,
    RUNNER_PASSWORD_FILE: options.passwordFile,
    RUNNER_PAYEE: options.payee,
  });
}

function set(values: Record<string, string | undefined>): Record<string, string> {
  return Object.fromEntries(Object.entries(values).filter((entry): entry is [string, string] => Boolean(entry[1])));
}
