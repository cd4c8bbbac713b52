import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { connectEngine, loadImage, type PackedArchive, packFolder, verifyArchive } from "@parity-protocol/sandbox";
import { getTaskEvents, type TaskEvent } from "@parity-protocol/sdk";
import { readEnvironment } from "../../cli/config.ts";
import { type LocalNetwork, startLocalNetwork } from "../../cli/local-network/start-local-network.ts";
import { networkFileIn, writeNetwork } from "../../cli/network/network-file.ts";
import type { Context } from "../../cli/program/context.ts";
import { submitJob } from "../../cli/submission/submit-job.ts";
import { createPrinter } from "../../cli/terminal/printer.ts";
import { median } from "../../test/support/measure.ts";

const RUNNERS = 3;
const ROUNDS = 7;
const POLL_MS = 25;
const modules = path.resolve(import.meta.dirname, "../../node_modules");
const command = ["/esbuild", "--version"];

const printer = { ...createPrinter(false), result: () => {}, step: () => {}, progress: () => {} };

/** Medians of a trivial job, milliseconds. */
export interface RoundTrip {
  runners: number;
  rounds: number;
  dockerMs: number;
  /** The first task, whose image is fetched and loaded. */
  firstMs: number;
  laterMs: number;
  /** Transactions of one task, the post left out: blocks, on a chain that mines at once. */
  transactions: number;
}

/**
 * How long a task takes from its post to its last payout, beside one `docker run` of the same job, on a chain that mines at once; both in
 * turn, so that both have the same machine.
 */
export async function measureRoundTrip(rounds = ROUNDS): Promise<RoundTrip> {
  const directory = mkdtempSync(path.join(os.tmpdir(), "parity-bench-"));
  try {
    const { jobFile, imageFolder } = writeJob(directory);
    const archive = await packFolder({ folder: imageFolder, outputDirectory: directory });
    return await withNetwork(directory, async (local) => {
      const first = await timeTask(local, { directory, jobFile });
      const dockerRun = await dockerRunOf(archive);
      const [docker, tasks]: [number[], TimedTask[]] = [[], []];
      for (let round = 0; round < rounds; round++) {
        docker.push(dockerRun());
        tasks.push(await timeTask(local, { directory, jobFile }));
      }
      const of = (what: keyof TimedTask) => median(tasks.map((task) => task[what]));
      const [laterMs, transactions] = [of("ms"), of("transactions")];
      return { runners: RUNNERS, rounds, dockerMs: median(docker), firstMs: first.ms, laterMs, transactions };
    });
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

function writeJob(directory: string): { jobFile: string; imageFolder: string } {
  const imageFolder = path.join(directory, "image");
  mkdirSync(imageFolder);
  copyFileSync(path.join(modules, "@esbuild/linux-x64/bin/esbuild"), path.join(imageFolder, "esbuild"));
  const jobFile = path.join(directory, "job.json");
  writeFileSync(jobFile, JSON.stringify({ image: { folder: "image" }, command }));
  return { jobFile, imageFolder };
}

/** A plain `docker run` of the job, in milliseconds: what it costs anyhow to run it once. The runners have loaded its image. */
async function dockerRunOf(archive: PackedArchive): Promise<() => number> {
  const engine = await connectEngine({ dockerHost: readEnvironment(process.cwd()).DOCKER_HOST });
  const { imageId } = await loadImage(engine, await verifyArchive(archive.path, archive));
  return () => {
    const startedAt = performance.now();
    execFileSync("docker", ["--host", engine.address, "run", "--rm", "--network", "none", imageId, ...command], { stdio: "ignore" });
    return performance.now() - startedAt;
  };
}

async function withNetwork<T>(directory: string, use: (local: LocalNetwork) => Promise<T>): Promise<T> {
  const runners = Array.from({ length: RUNNERS }, (_, i) => ({ name: `runner-${i + 1}` }));
  const { signal } = new AbortController();
  const local = await startLocalNetwork({ directory: path.join(directory, "network"), port: 0, runners, signal });
  writeNetwork(networkFileIn(directory), local.network);
  try {
    return await use(local);
  } finally {
    await local.stop();
  }
}

interface TimedTask {
  /** From the moment that the post was mined until every runner was paid. */
  ms: number;
  transactions: number;
}

async function timeTask(
  { connection: { client }, network }: LocalNetwork,
  { directory, jobFile }: { directory: string; jobFile: string },
): Promise<TimedTask> {
  const signal = new AbortController().signal;
  const context: Context = { printer, directory, environment: () => ({}), signal, isInteractive: false };
  const { task } = await submitJob(context, jobFile, { slots: String(RUNNERS), bond: "0wei", yes: true });
  const minedAt = performance.now();
  const query = { escrow: network.escrow, taskId: task.taskId, fromBlock: task.blockNumber };
  const isPaid = (events: readonly TaskEvent[]) => events.filter(({ name }) => name === "PayoutClaimed").length === RUNNERS;
  let events = await getTaskEvents(client, query);
  for (; !isPaid(events); events = await getTaskEvents(client, query)) await pause(POLL_MS);
  const ms = performance.now() - minedAt;
  return { ms, transactions: new Set(events.map(({ transactionHash }) => transactionHash)).size - 1 };
}

if (import.meta.main) {
  const { dockerMs, firstMs, laterMs, rounds, transactions } = await measureRoundTrip();
  console.log(`docker run           ${dockerMs.toFixed(0)} ms (median of ${rounds})`);
  console.log(`first task           ${firstMs.toFixed(0)} ms (fetches and loads the image)`);
  console.log(`later tasks          ${laterMs.toFixed(0)} ms (median of ${rounds}; ${transactions} transactions each)`);
  console.log(`later / docker run   ${(laterMs / dockerMs).toFixed(2)}`);
  process.exit();
}
