import { readAllVariables } from "../config.ts";
import type { Context } from "../program/context.ts";
import type { KeyOptions, NetworkOptions, StoreOptions } from "../program/options.ts";
import { findSettings } from "./settings.ts";

/** What a runner is configured with, as flags say it. */
export interface RunnerOptions extends NetworkOptions, StoreOptions, KeyOptions {
  directory?: string;
  payee?: string;
  metricsPort?: string;
}

/** Gathers a runner's variables: flags first, then the environment and .env, the network file last. */
export function runnerVariables(context: Context, options: RunnerOptions): Record<string, string | undefined> {
  return { ...fromNetworkFile(context, options), ...readAllVariables(context.directory), ...fromFlags(options) };
}

/** What a runner takes from the network file where nothing else says it; its key never comes from there. */
function fromNetworkFile(context: Context, options: RunnerOptions): Record<string, string> {
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

function fromFlags(options: RunnerOptions): Record<string, string> {
  return set({
    RUNNER_RPC_URL: options.rpcUrl,
    RUNNER_ESCROW: options.escrow,
    RUNNER_STORE_URLS: options.storeUrl?.join(" "),
    RUNNER_DIRECTORY: options.directory,
    RUNNER_KEYSTORE: options.keystore,
    RUNNER_PASSWORD_FILE: options.passwordFile,
    RUNNER_PAYEE: options.payee,
    RUNNER_METRICS_PORT: options.metricsPort,
  });
}

function set(values: Record<string, string | undefined>): Record<string, string> {
  return Object.fromEntries(Object.entries(values).filter((entry): entry is [string, string] => Boolean(entry[1])));
}
