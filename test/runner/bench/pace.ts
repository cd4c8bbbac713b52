import { execFile } from "node:child_process";
import { createWriteStream, readFileSync } from "node:fs";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { promisify } from "node:util";
import { loadImage, verifyArchive } from "@parity-protocol/sandbox";
import type { Hex } from "@parity-protocol/sdk";
import { idleNodeBytes, median, peakBytes, residentBytes, timed } from "../../support/measure.ts";
import { RunnerLab, type RunnerProgram } from "../support/lab.ts";

const run = promisify(execFile);
const script = "echo done";
const concurrency = 2;

interface Bench {
  lab: RunnerLab;
  imageId: string;
  program: RunnerProgram;
  trace: string;
}

/** Medians of one job, milliseconds. */
export interface Latency {
  rounds: number;
  dockerMs: number;
  /** From a mined post to the sent commitment. */
  taskMs: number;
  /** What the runner adds to a `docker run` of its own round. */
  ownMs: number;
}

/** From a mined post to the sent commitment, less a `docker run` of the same job; both in turn, so that both have the same machine. */
export async function measureLatency(rounds: number): Promise<Latency> {
  return withBench(async (bench) => {
    await timeTask(bench); // fetches and loads the image
    const [tasks, docker]: [number[], number[]] = [[], []];
    for (let round = 0; round < rounds; round++) {
      docker.push(await timed(() => dockerRun(bench)));
      tasks.push(await timeTask(bench));
    }
    const own = tasks.map((ms, i) => ms - (docker[i] ?? 0));
    return { rounds, dockerMs: median(docker), taskMs: median(tasks), ownMs: median(own) };
  });
}

/** Medians of a loop of jobs. */
export interface Throughput {
  rounds: number;
  jobs: number;
  /** How many run at a time. */
  concurrency: number;
  dockerPerMinute: number;
  tasksPerMinute: number;
  /** The runner's when it was ready and the most that it had, and what any Node has. */
  memory: { idleBytes: number; peakBytes: number; idleNodeBytes: number };
}

/** Tasks a minute, from the first post to the last commitment, beside a plain loop of `docker run`; in turn. */
export async function measureThroughput(rounds: number): Promise<Throughput> {
  return withBench(async (bench) => {
    const { pid } = bench.program;
    const idleBytes = residentBytes(pid);
    await timeTask(bench);
    const jobs = 10;
    const [tasks, docker]: [number[], number[]] = [[], []];
    for (let round = 0; round < rounds; round++) {
      docker.push(await timed(() => dockerLoop(bench, jobs)));
      tasks.push(await timeTasks(bench, jobs));
    }
    const perMinute = (ms: number) => (jobs * 60_000) / ms;
    const [dockerPerMinute, tasksPerMinute] = [perMinute(median(docker)), perMinute(median(tasks))];
    const memory = { idleBytes, peakBytes: peakBytes(pid), idleNodeBytes: await idleNodeBytes() };
    return { rounds, jobs, concurrency, dockerPerMinute, tasksPerMinute, memory };
  });
}

async function withBench<T>(measure: (bench: Bench) => Promise<T>): Promise<T> {
  const lab = await RunnerLab.open({ anvil: [] });
  const trace = join(lab.directory, "trace");
  const inject = join(import.meta.dirname, "../crash/inject.ts");
  const change = { RUNNER_CONCURRENCY: String(concurrency), RUNNER_POLL_MS: "", CRASH_TRACE: trace, RUNNER_LOG_LEVEL: "info" };
  const program = await lab.startProgram(1, change, { preload: inject });
  await program.ready();
  const imageId = await loadOwnImage(lab);
  try {
    return await measure({ lab, imageId, program, trace });
  } finally {
    await program.kill("SIGTERM");
    await lab.removeImage(imageId);
    await lab.close();
  }
}

async function loadOwnImage(lab: RunnerLab): Promise<string> {
  const path = join(lab.directory, "bench-archive");
  await pipeline(await lab.store.open(lab.image.archive), createWriteStream(path));
  const claim = { sha256: lab.image.archive, bytes: lab.image.bytes, platform: lab.image.platform };
  return (await loadImage(lab.engine, await verifyArchive(path, claim))).imageId;
}

async function dockerRun({ lab, imageId }: Bench): Promise<void> {
  const options = ["--rm", "--network", "none", "--read-only", "--tmpfs", "/output", "--memory", "64m"];
  await run("docker", ["--host", lab.engine.address, "run", ...options, "--entrypoint", "/bin/sh", imageId, "-c", script]);
}

async function dockerLoop(bench: Bench, jobs: number): Promise<void> {
  let left = jobs;
  const lane = async () => {
    while (left-- > 0) await dockerRun(bench);
  };
  await Promise.all(Array.from({ length: concurrency }, lane));
}

async function timeTask(bench: Bench): Promise<number> {
  const sentBefore = sentAt(bench).length;
  const { lab, program } = bench;
  const jobHash = await lab.upload({ script });
  const { taskId, minedAtMs } = await post(lab, jobHash);
  await program.said("Task done", taskId);
  return (sentAt(bench)[sentBefore] ?? Number.NaN) - minedAtMs;
}

async function timeTasks(bench: Bench, jobs: number): Promise<number> {
  const { lab, program } = bench;
  const jobHash = await lab.upload({ script });
  const startedAtMs = Date.now();
  const sentBefore = sentAt(bench).length;
  const posted: Hex[] = [];
  for (let i = 0; i < jobs; i++) posted.push((await post(lab, jobHash)).taskId);
  await Promise.all(posted.map((taskId) => program.said("Result committed", taskId)));
  const lastSentMs = Math.max(...sentAt(bench).slice(sentBefore));
  await Promise.all(posted.map((taskId) => program.said("Task done", taskId)));
  return lastSentMs - startedAtMs;
}

/** The chain mines at once: the post is mined when it is answered, which is a moment before its receipt is read. */
async function post(lab: RunnerLab, jobHash: Hex): Promise<{ taskId: Hex; minedAtMs: number }> {
  let minedAtMs = 0;
  const { taskId } = await lab.post(jobHash, {}, () => {
    minedAtMs = Date.now();
  });
  return { taskId, minedAtMs };
}

/** When each transaction with a commitment left, unix milliseconds. */
function sentAt({ trace }: Bench): number[] {
  const lines = readFileSync(trace, "utf8").split("\n");
  return lines.flatMap((line) => (/ before transaction (commitResult|performSteps) sent/.test(line) ? [Number(line.split(" ")[0])] : []));
}
