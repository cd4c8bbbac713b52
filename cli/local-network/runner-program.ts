import { mkdirSync } from "node:fs";
import path from "node:path";
import type { Address, Hex } from "@parity-protocol/sdk";
import { privateKeyToAccount } from "viem/accounts";
import { inheritedEnvironment } from "../config.ts";
import type { Network } from "../network/network-file.ts";
import { type ChildProgram, startChild, waitForLine } from "./child-program.ts";
import type { Reaper } from "./reaper.ts";

const parity = path.join(import.meta.dirname, "..", "bin", "parity.js");
const START_TIMEOUT_MS = 60_000;
const FAILURE = "LOCAL_NETWORK_FAILED";

/** A runner to start. */
export interface RunnerPlan {
  name: string;
  /** A program that starts a runner in its own way; `parity runner start` unless told. */
  program?: string;
}

/** A runner of a local network. */
export interface LocalRunner {
  name: string;
  address: Address;
  /** Its journal, cache and outputs. */
  directory: string;
  program: ChildProgram;
}

/** What a runner is told. */
export interface RunnerPlace {
  plan: RunnerPlan;
  key: Hex;
  network: Pick<Network, "rpcUrl" | "escrow" | "deployedAtBlock" | "storeUrl" | "storeToken" | "gate">;
  /** Its journal, cache and outputs. */
  directory: string;
  logFile: string;
  signal: AbortSignal;
}

/** Starts a runner as a child process and waits until it watches for tasks. @throws LOCAL_NETWORK_FAILED */
export async function startRunnerProgram(place: RunnerPlace, reaper: Reaper): Promise<LocalRunner> {
  const { plan, key, directory, logFile, signal } = place;
  mkdirSync(directory, { recursive: true });
  const args = ["--disable-warning=ExperimentalWarning", ...(plan.program ? [plan.program] : [parity, "runner", "start"])];
  const environment = runnerEnvironment(place);
  const program = await startChild(
    { name: `runner ${plan.name}`, command: process.execPath, args, directory, environment, logFile, failure: FAILURE },
    reaper,
  );
  try {
    await waitForLine(program, /Runner started/, { timeoutMs: START_TIMEOUT_MS, failure: FAILURE, signal });
  } catch (error) {
    await program.stop(0);
    throw error;
  }
  return { name: plan.name, address: privateKeyToAccount(key).address, directory, program };
}

/** The key goes through the environment: it is made for this run, and owns nothing of worth. */
function runnerEnvironment({ key, network, directory }: RunnerPlace): NodeJS.ProcessEnv {
  const inherited = Object.entries(inheritedEnvironment()).filter(([name]) => !/^(RUNNER|PARITY)_/.test(name));
  return {
    ...Object.fromEntries(inherited),
    RUNNER_RPC_URL: network.rpcUrl,
    RUNNER_ESCROW: network.escrow,
    RUNNER_FROM_BLOCK: String(network.deployedAtBlock),
    RUNNER_STORE_URLS: network.storeUrl,
    RUNNER_STORE_TOKEN: network.storeToken,
    RUNNER_DIRECTORY: directory,
    RUNNER_PRIVATE_KEY: key,
    RUNNER_ALLOW_OPEN_TASKS: "true",
  };
}
