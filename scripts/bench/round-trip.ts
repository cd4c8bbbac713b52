// How long a task takes from its post to its last payout, beside one `docker run` of the same job. 3 runners, a chain that mines at once.
import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { connectEngine, loadImage, packFolder, removeImage, verifyArchive } from "@parity-protocol/sandbox";
import { getTaskEvents } from "@parity-protocol/sdk";
import { readEnvironment } from "../../cli/config.ts";
import { type LocalNetwork, startLocalNetwork } from "../../cli/local-network/start-local-network.ts";
import { networkFileIn, writeNetwork } from "../../cli/network/network-file.ts";
import type { Context } from "../../cli/program/context.ts";
import { submitJob } from "../../cli/submission/submit-job.ts";
import { createPrinter } from "../../cli/terminal/printer.ts";

const RUNNERS = 3;
const ROUNDS = 7;
const POLL_MS = 25;
const modules = path.resolve(import.meta.dirname, "../../node_modules");
const command = ["/esbuild", "--version"];

const directory = mkdtempSync(path.join(os.tmpdir(), "parity-bench-"));
const environment = readEnvironment(process.cwd());
const printer = { ...createPrinter(false), result: () => {}, step: () => {}, progress: () => {} };

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

function writeJob(): { jobFile: string; imageFolder: string } {
  const imageFolder = path.join(directory, "image");
  mkdirSync(imageFolder);
  copyFileSync(path.join(modules, "@esbuild/linux-x64/bin/esbuild"), path.join(imageFolder, "esbuild"));
  const jobFile = path.join(directory, "job.json");
  writeFileSync(jobFile, JSON.stringify({ image: { folder: "image" }, command }));
  return { jobFile, imageFolder };
}

/** Milliseconds of a plain `docker run` of the job: what it costs anyhow to run it once. */
async function timeDockerRuns(imageFolder: string): Promise<number[]> {
  const engine = await connectEngine({ dockerHost: environment.DOCKER_HOST });
  const archive = await packFolder({ folder: imageFolder, outputDirectory: directory });
  const { imageId } = await loadImage(engine, await verifyArchive(archive.path, archive));
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const startedAt = performance.now();
    execFileSync("docker", ["--host", engine.address, "run", "--rm", "--network", "none", imageId, ...command], { stdio: "ignore" });
    times.push(performance.now() - startedAt);
  }
  await removeImage(engine, imageId);
  return times;
}

/** Milliseconds from the moment that the post was mined until every runner was paid, one task after the other. */
async function timeTasks(local: LocalNetwork, jobFile: string): Promise<number[]> {
  const signal = new AbortController().signal;
  const context: Context = { printer, directory, environment: () => ({}), signal, isInteractive: false };
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const { task } = await submitJob(context, jobFile, { slots: String(RUNNERS), bond: "0wei", yes: true });
    const minedAt = performance.now();
    const isPaid = async () =>
      (
        await getTaskEvents(local.connection.client, { escrow: local.network.escrow, taskId: task.taskId, fromBlock: task.blockNumber })
      ).filter(({ name }) => name === "PayoutClaimed").length === RUNNERS;
    while (!(await isPaid())) await pause(POLL_MS);
    times.push(performance.now() - minedAt);
  }
  return times;
}

try {
  const { jobFile, imageFolder } = writeJob();
  const docker = await timeDockerRuns(imageFolder);
  const runners = Array.from({ length: RUNNERS }, (_, i) => ({ name: `runner-${i + 1}` }));
  const local = await startLocalNetwork({
    directory: path.join(directory, "network"),
    port: 0,
    runners,
    signal: new AbortController().signal,
  });
  writeNetwork(networkFileIn(directory), local.network);
  try {
    const [first = Number.NaN, ...later] = await timeTasks(local, jobFile);
    const ratio = median(later) / median(docker);
    console.log(`docker run           ${median(docker).toFixed(0)} ms (median of ${docker.length})`);
    console.log(`first task           ${first.toFixed(0)} ms (fetches and loads the image)`);
    console.log(
      `later tasks          ${median(later).toFixed(0)} ms (median of ${later.length}: ${later.map((ms) => ms.toFixed(0)).join(", ")})`,
    );
    console.log(`later / docker run   ${ratio.toFixed(2)}`);
  } finally {
    await local.stop();
  }
} finally {
  rmSync(directory, { recursive: true, force: true });
}
process.exit();
