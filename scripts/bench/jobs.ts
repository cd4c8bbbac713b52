import { execFile } from "node:child_process";
import { mkdirSync, rmSync } from "node:fs";
import path from "node:path";
import {
  connectEngine,
  type Engine,
  type JobRun,
  loadImage,
  removeImage,
  runJob,
  sweepLeftovers,
  verifyArchive,
} from "@parity-protocol/sandbox";
import type { JobSpec } from "@parity-protocol/sdk";
import { streamOfFile } from "@parity-protocol/sdk/node";
import { readJobFile } from "../../cli/job-file/read-job-file.ts";
import { type ResolvedJob, resolveJob } from "../../cli/job-file/resolve-job.ts";
import { median, timed } from "../../test/support/measure.ts";
import { findExamples } from "../gallery/examples.ts";
import type { Bench, Measured } from "./part.ts";
import type { Row } from "./results.ts";

const ROUNDS = 7;
/** A round of a long job says more than one of a short one. */
const longMs = 2_000;
const roundsOfLong = 3;
const owner = `bench-jobs-${process.pid}`;
const aim = { atMost: 1.1 };
const why = {
  "standard@1":
    "beside the job itself, a run makes and removes two volumes, a container that holds them and one for the job, and reads, hashes and syncs the output: a fixed price, which shows where the job is short. A runner pays part of it before the task comes.",
  "strict@1":
    "the fixed price of every run, and at the strict level a tracer: it answers each system call that could tell two runs apart, and lets one thread run at a time. Jobs that start many programs or read many files pay most.",
} as const;

/** Each example in the protocol's sandbox at its own level, beside a plain `docker run` of the same command in the same image; in turn. */
export async function measureJobs(bench: Bench): Promise<Measured> {
  const engine = await connectEngine({ dockerHost: process.env.DOCKER_HOST });
  const rows: Row[] = [];
  const notes: string[] = [];
  for (const example of findExamples()) {
    bench.say(example.name);
    try {
      const row = await measureExample(engine, { ...example, bench });
      rows.push(row);
      bench.say(`${row.what}: ${row.ours.toFixed(0)} ms, docker run ${row.beside?.value.toFixed(0)} ms`);
    } catch (error) {
      const note = `Not measured: ${example.name} (${String(error).split("\n")[0]}).`;
      notes.push(note);
      bench.say(note);
    }
  }
  return { rows, notes };
}

/** A job that is ready to run either way. */
interface Staged {
  engine: Engine;
  resolved: ResolvedJob;
  imageId: string;
  /** The folder of its input; undefined where it has none. */
  input: string | undefined;
  directory: string;
}

async function measureExample(engine: Engine, { name, jobFile, bench }: { name: string; jobFile: string; bench: Bench }): Promise<Row> {
  const directory = path.join(bench.directory, name);
  mkdirSync(directory);
  const { file, job } = await readJobFile(jobFile);
  const baseDirectory = path.dirname(file);
  const request = { job, baseDirectory, workDirectory: directory, engine: async () => engine, signal: new AbortController().signal };
  const resolved = await resolveJob(request);
  const { archive: sha256, bytes, platform } = resolved.spec.image;
  const { imageId, isNew } = await loadImage(engine, await verifyArchive(resolved.archivePath, { sha256, bytes, platform }));
  const unload = async () => isNew && (await removeImage(engine, imageId));
  bench.later(unload);
  bench.later(() => sweepLeftovers(engine, { owner })); // first: what is in use cannot be unloaded
  const input = job.input === undefined ? undefined : path.resolve(baseDirectory, job.input);
  const { docker, sandbox } = await timeBoth({ engine, resolved, imageId, input, directory }, bench);
  await unload();
  rmSync(directory, { recursive: true, force: true });
  const beside = { what: "docker run", value: median(docker) };
  const { level } = resolved.spec.determinism;
  return { what: `${name}, ${level}`, unit: "ms", ours: median(sandbox), beside, aim, why: why[level] };
}

/** The first of each only warms the disk's cache. */
async function timeBoth(staged: Staged, { isTrial }: Bench): Promise<{ docker: number[]; sandbox: number[] }> {
  const [docker, sandbox]: [number[], number[]] = [[], []];
  const firstMs = await timed(() => dockerRun(staged));
  await sandboxRun(staged);
  const rounds = isTrial ? 1 : firstMs > longMs ? roundsOfLong : ROUNDS;
  for (let round = 0; round < rounds; round++) {
    docker.push(await timed(() => dockerRun(staged)));
    sandbox.push(await timed(() => sandboxRun(staged)));
  }
  return { docker, sandbox };
}

/** From nothing to the output on the disk, and everything removed. */
async function sandboxRun({ engine, resolved, imageId, directory }: Staged): Promise<void> {
  const { spec, blobs } = resolved;
  const outputDirectory = path.join(directory, "output");
  const openInput = async ({ sha256 }: { sha256: string }) => {
    const blob = blobs.find((each) => each.sha256 === sha256);
    return blob ? blob.open() : streamOfFile(sha256);
  };
  const run = await runJob(engine, { spec, image: { imageId }, openInput, outputDirectory, owner });
  requireExpected(spec, run);
  rmSync(outputDirectory, { recursive: true });
}

/** A job that fails ends early: that would compare nothing. */
function requireExpected({ expect }: JobSpec, { manifest, stderr }: JobRun): void {
  if (manifest.outcome === "exited" && manifest.exitCode === expect.exitCode) return;
  const told = manifest.outcome === "exited" ? `exit code ${manifest.exitCode}` : manifest.outcome;
  throw new Error(`the sandbox's run ended with ${told}: ${Buffer.from(stderr).toString("utf8").slice(-300)}`);
}

async function dockerRun({ engine, resolved, imageId, input, directory }: Staged): Promise<void> {
  const { spec } = resolved;
  const output = path.join(directory, "docker-output");
  mkdirSync(output);
  const mounts = ["-v", `${output}:/output`, ...(input === undefined ? [] : ["-v", `${input}:/input:ro`])];
  const env = Object.entries(spec.env).flatMap(([name, value]) => ["-e", `${name}=${value}`]);
  const bounds = ["--memory", String(spec.limits.memoryBytes), "--cpuset-cpus", cpusetOf(spec.limits.cpus), "--tmpfs", "/tmp"];
  const [program = "", ...rest] = spec.command;
  const options = ["--rm", "--network", "none", ...bounds, ...mounts, ...env, "-w", spec.workingDirectory, "--entrypoint", program];
  const exitCode = await exitCodeOf("docker", ["--host", engine.address, "run", ...options, imageId, ...rest]);
  if (exitCode !== spec.expect.exitCode) throw new Error(`docker run ended with exit code ${exitCode}`);
  rmSync(output, { recursive: true });
}

/** As many CPUs as the job is given by the sandbox. */
function cpusetOf(cpus: number): string {
  return cpus === 1 ? "0" : `0-${cpus - 1}`;
}

function exitCodeOf(program: string, args: readonly string[]): Promise<number> {
  const mostOutput = { maxBuffer: 256 * 1024 ** 2 };
  return new Promise((resolve, reject) => {
    const child = execFile(program, args, mostOutput, (error) => {
      if (child.exitCode === null) reject(error ?? new Error(`${program} was killed`));
      else resolve(child.exitCode);
    });
  });
}
