import path from "node:path";
import { readEnvironment } from "../../cli/config.ts";
import { type LocalNetwork, startLocalNetwork } from "../../cli/local-network/start-local-network.ts";
import { networkFileIn, writeNetwork } from "../../cli/network/network-file.ts";
import type { Context } from "../../cli/program/context.ts";
import { createPrinter } from "../../cli/terminal/printer.ts";
import { clearTraces, type Traces, tracesOf } from "../demo/traces.ts";

/** How many runners answer, and have to agree. */
export const RUNNERS = 3;

/** A local network for the examples. */
export interface Stage {
  /** Everything is written in here. */
  directory: string;
  local: LocalNetwork;
  context: Context;
  traces: Traces;
}

/** Starts a local network, plays on it, takes all of it down. */
export async function onStage<T>(directory: string, signal: AbortSignal, play: (stage: Stage) => Promise<T>): Promise<T> {
  const runners = Array.from({ length: RUNNERS }, (_, i) => ({ name: `runner-${i + 1}` }));
  const local = await startLocalNetwork({ directory: path.join(directory, "network"), port: 0, runners, signal });
  writeNetwork(networkFileIn(directory), local.network);
  // Of the user's own settings only the engine's address counts here: this network is the gallery's.
  const { DOCKER_HOST } = readEnvironment(process.cwd());
  const environment = () => (DOCKER_HOST ? { DOCKER_HOST } : {});
  const printer = { ...createPrinter(false), result: () => {}, step: () => {}, progress: () => {} };
  const context: Context = { printer, directory, environment, signal, isInteractive: false };
  const traces = tracesOf(local);
  try {
    return await Promise.race([play({ directory, local, context, traces }), local.broken]);
  } finally {
    await local.stop();
    const left = await clearTraces(traces, DOCKER_HOST);
    if (left.length > 0) process.stderr.write(`Left behind: ${left.join(", ")}\n`);
  }
}
