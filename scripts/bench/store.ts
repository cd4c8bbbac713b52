import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import { httpStore } from "@parity-protocol/sdk";
import { ensurePrograms } from "../../test/support/debian-packages.ts";
import { freePort } from "../../test/support/free-port.ts";
import { largeBlob } from "../../test/support/large-blob.ts";
import { idleNodeBytes, median, peakBytes, residentBytes } from "../../test/support/measure.ts";
import { type Bench, type Measured, mebibytes } from "./part.ts";
import type { Row } from "./results.ts";

const MIB = 1024 ** 2;
const token = "a-token-for-the-benchmark";
const ROUNDS = 7;
const total = 1024 * MIB;

interface Program {
  child: ChildProcess;
  url: string;
}

async function startStore(directory: string): Promise<Program> {
  const main = join(import.meta.dirname, "../../store/main.ts");
  const env = { PATH: process.env.PATH, STORE_DIRECTORY: directory, STORE_PORT: "0", STORE_TOKEN: token, STORE_LOG_LEVEL: "error" };
  const child = spawn(process.execPath, [main], { env, stdio: ["ignore", "pipe", "inherit"] });
  const line = await new Promise<string>((resolve) => createInterface({ input: child.stdout }).once("line", resolve));
  return { child, url: (JSON.parse(line) as { url: string }).url };
}

/** Starts nginx on the store's own files, with what it is fast by: sendfile. */
async function startNginx(work: string, blobs: string): Promise<Program> {
  const port = await freePort();
  mkdirSync(join(work, "nginx"));
  const config = join(work, "nginx.conf");
  writeFileSync(
    config,
    `daemon off; worker_processes 1; user root; pid ${work}/nginx.pid; error_log stderr error;
events { worker_connections 64; }
http {
  access_log off; sendfile on; tcp_nopush on; default_type application/octet-stream;
  client_body_temp_path ${work}/nginx; proxy_temp_path ${work}/nginx; fastcgi_temp_path ${work}/nginx; uwsgi_temp_path ${work}/nginx; scgi_temp_path ${work}/nginx;
  server { listen 127.0.0.1:${port}; location ~ "^/blobs/(..)(.*)$" { alias ${blobs}/$1/$1$2; } }
}
`,
  );
  const child = spawn("nginx", ["-c", config, "-e", "stderr"], { stdio: ["ignore", "ignore", "inherit"] });
  const url = `http://127.0.0.1:${port}`;
  for (let tries = 0; tries < 100; tries++) {
    if (child.exitCode !== null) throw new Error("nginx ended");
    const answer = await fetch(url).catch(() => undefined);
    if (answer) return { child, url };
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error("nginx did not answer");
}

/** Megabytes a second, as curl sees them: a client that costs little. */
async function fetchSpeed(url: string): Promise<number> {
  const { stdout } = await promisify(execFile)("curl", ["-fsS", "-o", "/dev/null", "-w", "%{speed_download} %{size_download}", url]);
  const [speed, size] = stdout.split(" ").map(Number);
  if (size !== total) throw new Error(`${url} gave ${size} bytes`);
  return Number(speed) / 1e6;
}

/** Seconds of a processor that a program and its children have used, in hundredths as the kernel counts them. */
function cpuSeconds(pid: number | undefined): number {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8")
    .replace(/^.*\) /, "")
    .split(" ");
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim().split(" ").filter(Boolean);
  return (Number(fields[11]) + Number(fields[12])) / 100 + children.reduce((sum, child) => sum + cpuSeconds(Number(child)), 0);
}

/** The store program against nginx: the same file, on the same machine, to the same reader; in turn. */
export async function measureStore({ directory, isTrial }: Bench): Promise<Measured> {
  ensurePrograms({ nginx: "nginx-light", curl: "curl" });
  const children: ChildProcess[] = [];
  try {
    const store = await startStore(join(directory, "store"));
    children.push(store.child);
    const idleBytes = residentBytes(store.child.pid);
    const blob = largeBlob(total);
    const began = performance.now();
    await httpStore(store.url, { token }).put(blob);
    const putSpeed = total / 1e3 / (performance.now() - began);
    const nginx = await startNginx(directory, join(directory, "store", "blobs"));
    children.push(nginx.child);
    const rows = await compare({ store, nginx, path: `/blobs/${blob.sha256}`, rounds: isTrial ? 1 : ROUNDS });
    const node = { what: "an idle Node", value: mebibytes(await idleNodeBytes()) };
    rows.push(
      { what: "put 1 GiB: hashed, synced", unit: "MB/s", ours: putSpeed },
      { what: "memory of the store, just started", unit: "MiB", ours: mebibytes(idleBytes), beside: node },
      { what: "memory of the store at its peak, over all that", unit: "MiB", ours: mebibytes(peakBytes(store.child.pid)), beside: node },
    );
    return { rows };
  } finally {
    for (const child of children.reverse()) child.kill("SIGTERM");
    await Promise.all(children.filter(({ exitCode }) => exitCode === null).map((child) => once(child, "exit")));
  }
}

interface Comparison {
  store: Program;
  nginx: Program;
  path: string;
  rounds: number;
}

async function compare({ store, nginx, path, rounds }: Comparison): Promise<Row[]> {
  await Promise.all([fetchSpeed(`${store.url}${path}`), fetchSpeed(`${nginx.url}${path}`)]);
  const used = () => ({ store: cpuSeconds(store.child.pid), nginx: cpuSeconds(nginx.child.pid) });
  const [before, speeds] = [used(), { store: [] as number[], nginx: [] as number[] }];
  for (let i = 0; i < rounds; i++) {
    speeds.store.push(await fetchSpeed(`${store.url}${path}`));
    speeds.nginx.push(await fetchSpeed(`${nginx.url}${path}`));
  }
  const after = used();
  const besideNginx = (value: number) => ({ what: "nginx, sendfile", value });
  const [ours, nginxSpeed] = [median(speeds.store), median(speeds.nginx)];
  const why = "nginx hands the file to the kernel, which copies it to the socket; Node reads it into its own memory first";
  return [
    { what: "get 1 GiB", unit: "MB/s", ours, beside: besideNginx(nginxSpeed), aim: { atLeast: 0.7 }, why },
    {
      what: "processor time for 1 GiB",
      unit: "s",
      ours: (after.store - before.store) / rounds,
      beside: besideNginx((after.nginx - before.nginx) / rounds),
    },
  ];
}
