import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { ParityError } from "@parity-protocol/sdk";
import { inheritedEnvironment } from "../config.ts";
import { type ChildProgram, startChild, waitForLine } from "./child-program.ts";
import type { Reaper } from "./reaper.ts";

const project = path.resolve(import.meta.dirname, "../..");
const START_TIMEOUT_MS = 60_000;
const FAILURE = "LOCAL_CHAIN_UNAVAILABLE";

/** A chain of its own for a local network: blocks are made as transactions come in. */
export interface LocalChain {
  rpcUrl: string;
  program: ChildProgram;
}

/** Starts the project's development chain as a child process, listening on the loopback interface only. @throws LOCAL_CHAIN_UNAVAILABLE */
export async function startChain(options: { port: number; logFile: string; reaper: Reaper; signal: AbortSignal }): Promise<LocalChain> {
  const { logFile, reaper, signal } = options;
  const args = [hardhatProgram(), "node", "--hostname", "127.0.0.1", "--port", String(options.port)];
  const environment = { ...inheritedEnvironment(), HARDHAT_DISABLE_TELEMETRY_PROMPT: "true" };
  const plan = { name: "chain", command: process.execPath, args, directory: project, environment, logFile, failure: FAILURE } as const;
  const program = await startChild(plan, reaper);
  try {
    const [, rpcUrl = ""] = await waitForLine(program, /JSON-RPC server at (http:\/\/[^\s/]+)/, {
      timeoutMs: START_TIMEOUT_MS,
      failure: FAILURE,
      signal,
    });
    return { rpcUrl, program };
  } catch (error) {
    await program.stop(1_000);
    throw error;
  }
}

/** Finds the development chain that the project's set-up installs; the product runs it, and never imports it. */
function hardhatProgram(): string {
  try {
    const manifest = createRequire(path.join(project, "package.json")).resolve("hardhat/package.json");
    const program = path.join(path.dirname(manifest), "dist/src/cli.js");
    if (existsSync(program)) return program;
  } catch {
    // Not installed: said below.
  }
  throw new ParityError(FAILURE, "A local network needs Hardhat, which is not installed here.");
}
