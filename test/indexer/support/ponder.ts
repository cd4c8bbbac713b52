import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { freePort } from "../../support/free-port.ts";

const room = path.resolve(import.meta.dirname, "../../../indexer");
const START_TIMEOUT_MS = 300_000;

/** What to index, and where to keep it. */
export interface PonderPlace {
  chainId: number;
  rpcUrl: string;
  escrow: string;
  /** PGlite's folder. */
  directory: string;
}

/** A Ponder that serves the indexer's API. */
export interface Ponder {
  url: string;
  /** The most memory that it ever had, bytes. */
  peakBytes(): number;
  stop(): Promise<void>;
}

/** Installs the indexer's own packages, by its own lock, where they are not there yet. */
export function ensureInstalled(): void {
  if (existsSync(path.join(room, "node_modules", "ponder"))) return;
  execFileSync("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"], { cwd: room, stdio: ["ignore", 2, 2] });
}

/** Starts Ponder on an escrow and waits until it has caught up. */
export async function startPonder(place: PonderPlace): Promise<Ponder> {
  const port = await freePort();
  const bin = path.join(room, "node_modules", "ponder", "dist", "esm", "bin", "ponder.js");
  const args = [
    bin,
    "start",
    "--root",
    room,
    "--hostname",
    "127.0.0.1",
    "--port",
    String(port),
    "--schema",
    "parity",
    "--log-level",
    "warn",
  ];
  const child = spawn(process.execPath, args, { cwd: room, env: environmentOf(place), stdio: ["ignore", "pipe", "pipe"] });
  const said: string[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (text: Buffer) => said.push(text.toString()));
  const url = `http://127.0.0.1:${port}`;
  await untilReady(child, url, said);
  const peakBytes = () => Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${child.pid}/status`, "utf8"))?.[1]) * 1_024;
  return { url, peakBytes, stop: () => stop(child) };
}

function environmentOf({ chainId, rpcUrl, escrow, directory }: PonderPlace): NodeJS.ProcessEnv {
  const { PATH, HOME } = process.env;
  return {
    PATH,
    HOME,
    PONDER_TELEMETRY_DISABLED: "1",
    INDEXER_CHAIN_ID: String(chainId),
    INDEXER_RPC_URL: rpcUrl,
    INDEXER_ESCROW: escrow,
    INDEXER_FROM_BLOCK: "0",
    INDEXER_DIRECTORY: directory,
  };
}

async function untilReady(child: ChildProcess, url: string, said: readonly string[]): Promise<void> {
  const giveUpAt = performance.now() + START_TIMEOUT_MS;
  while (performance.now() < giveUpAt && child.exitCode === null) {
    const answer = await fetch(`${url}/ready`).catch(() => undefined);
    if (answer?.status === 200) return;
    await pause(100);
  }
  await stop(child);
  throw new Error(`Ponder did not get ready: ${said.join("")}`);
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, "exit");
  child.kill("SIGTERM");
  await ended;
}
