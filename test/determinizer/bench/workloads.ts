import { cp, mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { ensurePrograms, installPackages } from "../../support/debian-packages.ts";
import { compile, run } from "../support/determinized.ts";

const sources = fileURLToPath(new URL("../workloads/", import.meta.url));

/** Programs of Debian that the workloads consist of, with the packages that bring them. */
const programs = {
  "/usr/bin/python3": "python3",
  "/usr/bin/openssl": "openssl",
  "/usr/bin/perl": "perl-base",
  "/bin/bash": "bash",
  "/bin/tar": "tar",
};
const small = ["ls", "cat", "date", "mktemp", "touch", "mkdir", "sleep", "shuf", "tr", "sha256sum", "env", "stat", "rm"];
const libraries = ["/usr/lib/python3.11", "/usr/lib/python3/dist-packages/numpy", "/etc/passwd", "/etc/ssl/openssl.cnf"];

const python = (code: string) => ["/usr/bin/python3", "-c", code];

/** What each workload runs; each tells the time, draws, and lets threads or processes race. */
export const workloads: Readonly<Record<string, readonly string[]>> = {
  "python: threads": ["/usr/bin/python3", "/w/threads.py"],
  "python: processes": ["/usr/bin/python3", "/w/processes.py"],
  "python: uuid, hash of an object, listing": python(
    "import uuid, os, secrets; print(uuid.uuid1(), uuid.uuid4(), id(object()), os.listdir('/'), secrets.token_hex(), os.times())",
  ),
  "numpy: random numbers, threads": ["/usr/bin/python3", "/w/hostile-numpy.py"],
  "node: workers, Date, Math.random": ["/usr/bin/node", "/w/workers.cjs"],
  "node: crypto, timers": [
    "/usr/bin/node",
    "-e",
    "const c = require('crypto'); for (const i of [3, 2, 1]) setTimeout(() => console.log(i, c.randomUUID(), process.hrtime.bigint(), process.memoryUsage().rss), i)",
  ],
  "go: goroutines, maps, time": ["/w/hostile-go"],
  "rust: threads, hash maps, time": ["/w/hostile-rust"],
  "openssl: an RSA key": ["/usr/bin/openssl", "genrsa", "2048"],
  "openssl: random bytes": ["/usr/bin/openssl", "rand", "-hex", "32"],
  "bash: jobs, tar, mktemp, shuf": ["/bin/bash", "/w/hostile.sh"],
  "perl: hash order, rand, time": ["/usr/bin/perl", "-e", 'print join(",", keys %{{map {$_ => 1} "a".."z"}}), rand, time'],
  "tar of the image's own files": ["/bin/sh", "-c", "tar c --ignore-failed-read /etc /w 2>/dev/null | sha256sum; ls -laiR /etc"],
  "ls and stat of everything": [
    "/bin/sh",
    "-c",
    "ls -laiR /usr/lib/python3.11/json /tmp /output /proc/self/fd 2>&1; stat / /tmp /etc/passwd",
  ],
};

/** Puts the workloads and all that they need into a folder that packs into an image. */
export async function addWorkloads(folder: string): Promise<void> {
  ensurePrograms({ gcc: "gcc libc6-dev", go: "golang-go", rustc: "rustc", ...programs });
  installPackages(["python3-numpy", "libopenblas0-pthread"]);
  const at = (path: string) => join(folder, path);
  await mkdir(at("w"), { recursive: true });
  const own = ["hostile.sh", "hostile-numpy.py"].map((name) => join(sources, name));
  const probes = ["threads.py", "processes.py", "workers.cjs"].map((name) => join(sources, "../probes", name));
  for (const path of [...own, ...probes]) await cp(path, at(join("w", path.slice(path.lastIndexOf("/")))));
  await compile("env", ["GO111MODULE=off", "CGO_ENABLED=0", "go", "build", "-o", at("w/hostile-go"), join(sources, "hostile.go")]);
  await compile("rustc", ["-C", "opt-level=1", "-o", at("w/hostile-rust"), join(sources, "hostile.rs")]);
  await copyPrograms(folder);
}

async function copyPrograms(folder: string): Promise<void> {
  const named = [...Object.keys(programs), ...small.map((name) => `/usr/bin/${name}`)];
  for (const path of [...named, ...libraries]) await copyInto(folder, path, path);
  await copyInto(folder, process.execPath, "/usr/bin/node");
  await copyInto(folder, "/bin/bash", "/bin/sh");
  const numpy = (await run("find", ["/usr/lib/python3.11/lib-dynload", "/usr/lib/python3/dist-packages/numpy", "-name", "*.so"])).stdout;
  const rust = join(folder, "w/hostile-rust");
  for (const path of await librariesOf([...named, process.execPath, rust, ...numpy.trim().split("\n")])) await copyInto(folder, path, path);
}

async function copyInto(folder: string, from: string, to: string): Promise<void> {
  await mkdir(join(folder, dirname(to)), { recursive: true });
  await cp(from, join(folder, to), { recursive: true, dereference: true, filter: (path) => !path.includes("__pycache__") });
}

/** Every library that the loader would load, and the loader. */
async function librariesOf(paths: readonly string[]): Promise<string[]> {
  const { stdout } = await run("ldd", paths);
  return [...new Set(Array.from(stdout.matchAll(/(?:=> |^\t)(\/\S+) \(0x/gm), ([, path = ""]) => path))];
}
