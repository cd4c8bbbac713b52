import { execFile } from "node:child_process";
import { chmod, copyFile, mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { ensurePrograms } from "../../support/debian-packages.ts";

const root = fileURLToPath(new URL("../../..", import.meta.url));
export const prebuilt = join(root, "sandbox/determinizer/prebuilt/determinizer-linux-amd64");
export const probes = join(root, "test/determinizer/probes");

/** What a program that ran under the determinizer showed. */
export interface Shown {
  exitCode: number;
  stdout: string;
  stderr: string;
}

/** A folder that the unprivileged user of a job can read, with the determinizer and the compiled probes in it. */
export interface Bench {
  directory: string;
  determinizer: string;
  sources: string;
  staticSources: string;
  close(): Promise<void>;
}

/** Runs a program of the machine. */
export function run(program: string, args: readonly string[], options: { cwd?: string; timeoutMs?: number } = {}): Promise<Shown> {
  const { promise, resolve } = Promise.withResolvers<Shown>();
  const limits = { maxBuffer: 64 * 1024 ** 2, timeout: options.timeoutMs ?? 240_000, killSignal: "SIGKILL" as const };
  const child = execFile(program, args, { ...limits, ...(options.cwd ? { cwd: options.cwd } : {}) }, (error, stdout, stderr) => {
    const code = error?.code;
    resolve({ exitCode: error ? (typeof code === "number" ? code : -1) : 0, stdout, stderr });
  });
  child.stdin?.end();
  return promise;
}

/** Compiles a C probe. */
export async function compile(compiler: string, args: readonly string[]): Promise<void> {
  const done = await run(compiler, args);
  if (done.exitCode !== 0) throw new Error(done.stderr);
}

/** Makes a bench in a new folder. */
export async function openBench(): Promise<Bench> {
  ensurePrograms({ gcc: "gcc libc6-dev", python3: "python3", make: "make", unshare: "util-linux", setpriv: "util-linux" });
  const directory = await mkdtemp(join(tmpdir(), "determinized-"));
  await chmod(directory, 0o755);
  const bench = {
    directory,
    determinizer: join(directory, "determinizer"),
    sources: join(directory, "sources"),
    staticSources: join(directory, "sources-static"),
    close: () => rm(directory, { recursive: true, force: true }),
  };
  await copyFile(prebuilt, bench.determinizer);
  await mkdir(join(directory, "probes"));
  for (const name of ["threads.py", "processes.py", "time.py", "spin.py", "workers.cjs", "shell.sh"])
    await copyFile(join(probes, name), join(directory, "probes", name));
  const flags = ["-O1", "-pthread", "-w", join(probes, "sources.c")];
  await compile("gcc", [...flags, "-o", bench.sources]);
  await compile("gcc", [...flags, "-static", "-o", bench.staticSources]);
  return bench;
}

/** Numbers of a fresh namespace, the unprivileged user and the environment that a job has. */
const cell = [
  "--pid --fork --kill-child --mount-proc setpriv --reuid=65534 --regid=65534 --clear-groups --no-new-privs",
  "--bounding-set=-all --inh-caps=-all env -i PATH=/usr/local/bin:/usr/bin:/bin HOME=/tmp LANG=C.UTF-8 TZ=UTC",
].flatMap((words) => words.split(" "));

/** Runs a command as a job: under the determinizer, as number 1 of its own process namespace. */
export function runDeterminized(bench: Bench, command: readonly string[], flags: readonly string[] = []): Promise<Shown> {
  return run("unshare", determinizedArguments(bench, command, flags), { cwd: "/" });
}

const determinizedArguments = (bench: Bench, command: readonly string[], flags: readonly string[]) => [
  ...cell,
  bench.determinizer,
  ...flags,
  "--",
  ...command,
];

/** Measures the processor time in milliseconds that a command takes, with all its processes; without a bench plainly. */
export async function processorMsOf(command: readonly string[], bench?: Bench): Promise<number> {
  const line = bench ? determinizedArguments(bench, command, []) : [...cell, ...command];
  const timed = ["-c", 'TIMEFORMAT="%U %S"; time "$@" > /dev/null 2>&1', "bash", "unshare", ...line];
  const [user = 0, system = 0] = (await run("bash", timed, { cwd: "/" })).stderr.trim().split(" ").map(Number);
  return (user + system) * 1_000;
}

/** Runs a command in the same place without the determinizer, for a minute at most: real sleeps last. */
export function runPlainly(command: readonly string[]): Promise<Shown> {
  return run("unshare", [...cell, "timeout", "-s", "KILL", "50", ...command], { cwd: "/" });
}

/** What every run showed, each different showing once. */
export async function showings(times: number, show: () => Promise<Shown>): Promise<string[]> {
  const seen = new Set<string>();
  for (let index = 0; index < times; index++) seen.add(JSON.stringify(await show()));
  return [...seen];
}
