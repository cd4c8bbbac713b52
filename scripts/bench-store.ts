/** `npm run bench:store`: the store program against nginx, serving the same file on the same machine, one after the other in turn. */
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import { type Blobbed, httpStore } from "../sdk/index.ts";

const MIB = 1024 ** 2;
const token = "a-token-for-the-benchmark";
const rounds = Number(process.env.ROUNDS ?? 7);
const total = Number(process.env.MIB ?? 1024) * MIB;

/** A blob in which no two chunks are equal, made as it is read. */
function largeBlob(): Blobbed {
  const chunk = Buffer.alloc(MIB, 7);
  function* chunks() {
    for (let i = 0; i < total / MIB; i++) {
      chunk.writeUInt32LE(i, 0);
      yield Buffer.from(chunk);
    }
  }
  const hash = createHash("sha256");
  for (const each of chunks()) hash.update(each);
  return { sha256: hash.digest("hex"), bytes: total, open: () => ReadableStream.from(chunks()) as ReadableStream<Uint8Array> };
}

async function startStore(directory: string): Promise<{ child: ChildProcess; url: string }> {
  const main = join(import.meta.dirname, "../store/main.ts");
  const env = { PATH: process.env.PATH, STORE_DIRECTORY: directory, STORE_PORT: "0", STORE_TOKEN: token, STORE_LOG_LEVEL: "error" };
  const child = spawn(process.execPath, [main], { env, stdio: ["ignore", "pipe", "inherit"] });
  const line = await new Promise<string>((resolve) => createInterface({ input: child.stdout }).once("line", resolve));
  return { child, url: (JSON.parse(line) as { url: string }).url };
}

/** Starts nginx on the store's own files, with what it is fast by: sendfile. */
async function startNginx(work: string, blobs: string): Promise<{ child: ChildProcess; url: string }> {
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
    if (child.exitCode !== null) throw new Error("nginx ended: apt-get install nginx-light");
    const answer = await fetch(url).catch(() => undefined);
    if (answer) return { child, url };
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error("nginx did not answer");
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Megabytes a second, as curl sees them: a client that costs little. */
async function fetchSpeed(url: string): Promise<number> {
  const { stdout } = await promisify(execFile)("curl", ["-fsS", "-o", "/dev/null", "-w", "%{speed_download} %{size_download}", url]);
  const [speed, size] = stdout.split(" ").map(Number);
  if (size !== total) throw new Error(`${url} gave ${size} bytes`);
  return Number(speed) / 1e6;
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}

function peakMib(child: ChildProcess): number {
  return Math.round(Number(/^VmHWM:\s+(\d+) kB/m.exec(readFileSync(`/proc/${child.pid}/status`, "utf8"))?.[1]) / 1024);
}

/** Seconds of a processor that a program and its children have used, in hundredths as the kernel counts them. */
function cpuSeconds(pid: number | undefined): number {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8")
    .replace(/^.*\) /, "")
    .split(" ");
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim().split(" ").filter(Boolean);
  return (Number(fields[11]) + Number(fields[12])) / 100 + children.reduce((sum, child) => sum + cpuSeconds(Number(child)), 0);
}

const work = mkdtempSync(join(tmpdir(), "parity-bench-store-"));
const children: ChildProcess[] = [];
try {
  const store = await startStore(join(work, "store"));
  children.push(store.child);
  const idleMib = peakMib(store.child);
  const blob = largeBlob();
  const began = performance.now();
  await httpStore(store.url, { token }).put(blob);
  const putMBs = total / 1e3 / (performance.now() - began);
  const nginx = await startNginx(work, join(work, "store", "blobs"));
  children.push(nginx.child);
  const path = `/blobs/${blob.sha256}`;
  await Promise.all([fetchSpeed(`${store.url}${path}`), fetchSpeed(`${nginx.url}${path}`)]);
  const usedBefore = { store: cpuSeconds(store.child.pid), nginx: cpuSeconds(nginx.child.pid) };
  const speeds: { store: number; nginx: number }[] = [];
  for (let i = 0; i < rounds; i++)
    speeds.push({ store: await fetchSpeed(`${store.url}${path}`), nginx: await fetchSpeed(`${nginx.url}${path}`) });
  const ratio = median(speeds.map((round) => round.store / round.nginx));
  console.log(`blob            ${total / MIB} MiB, ${rounds} rounds in turn, load ${loadavg()[0]?.toFixed(1)}`);
  console.log(`put             ${putMBs.toFixed(0)} MB/s, hashed, synced`);
  console.log(`get, store      ${median(speeds.map((round) => round.store)).toFixed(0)} MB/s`);
  console.log(`get, nginx      ${median(speeds.map((round) => round.nginx)).toFixed(0)} MB/s`);
  console.log(`store / nginx   ${ratio.toFixed(2)}`);
  const perGib = (used: number) => ((used * 1024) / (rounds * (total / MIB))).toFixed(2);
  const [ofStore, ofNginx] = [cpuSeconds(store.child.pid) - usedBefore.store, cpuSeconds(nginx.child.pid) - usedBefore.nginx];
  console.log(`processor       ${perGib(ofStore)} s a GiB for the store, ${perGib(ofNginx)} s for nginx`);
  console.log(`store's memory  ${idleMib} MiB idle, ${peakMib(store.child)} MiB at its peak`);
} finally {
  for (const child of children.reverse()) child.kill("SIGTERM");
  await Promise.all(children.filter(({ exitCode }) => exitCode === null).map((child) => once(child, "exit")));
  rmSync(work, { recursive: true, force: true });
}
