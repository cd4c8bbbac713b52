import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, rm, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { connectEngine, type Engine } from "@parity-protocol/sandbox";
import { ensurePrograms } from "../../support/debian-packages.ts";
import { run } from "../support/determinized.ts";

const diskBytes = 4 * 1024 ** 3;
const readyWithinMs = 60_000;

/** An engine of its own, set up differently from the machine's. */
export interface SecondEngine {
  engine: Engine;
  /** How it differs, in words. */
  words: string;
  close(): Promise<void>;
}

/**
 * Starts a second engine: its data lie on a file system of another make (ext4 without hashed directories and with small inodes, in a file),
 * it sees the machine's last CPU alone, and it lives in a network of its own, so that it does no harm to the first. Needs root.
 */
export async function openSecondEngine(): Promise<SecondEngine> {
  ensurePrograms({ "mkfs.ext4": "e2fsprogs", taskset: "util-linux", unshare: "util-linux" });
  const directory = await mkdtemp("/tmp/parity-e2-"); // short: a unix path has 108 bytes
  const [disk, data, socket] = [join(directory, "disk"), join(directory, "data"), join(directory, "d.sock")];
  await writeFile(disk, "");
  await truncate(disk, diskBytes);
  await must("mkfs.ext4", ["-q", "-F", "-O", "^dir_index", "-I", "128", "-b", "1024", disk]);
  await mkdir(data);
  await must("mount", ["-o", "loop", disk, data]);
  const daemon = start(directory, { data, socket });
  const close = async () => {
    if (daemon.exitCode === null) {
      daemon.kill("SIGTERM");
      await once(daemon, "exit");
    }
    await must("umount", [data]);
    await rm(directory, { recursive: true, force: true });
  };
  try {
    return { engine: await untilReady(`unix://${socket}`), words: "ext4 with blocks of 1 KiB and unhashed directories, one CPU", close };
  } catch (error) {
    await close();
    throw error;
  }
}

function start(directory: string, places: { data: string; socket: string }): ChildProcess {
  const roots = ["--data-root", places.data, "--exec-root", join(directory, "exec"), "--pidfile", join(directory, "pid")];
  const plain = ["--bridge=none", "--iptables=false", "--ip6tables=false", "--ip-forward=false", "--ip-masq=false"];
  const daemon = ["dockerd", ...roots, "-H", `unix://${places.socket}`, ...plain];
  return spawn("unshare", ["--net", "taskset", "--cpu-list", "1", ...daemon], { stdio: "ignore" });
}

async function untilReady(dockerHost: string): Promise<Engine> {
  const giveUpAtMs = Date.now() + readyWithinMs;
  for (;;) {
    try {
      return await connectEngine({ dockerHost });
    } catch (error) {
      if (Date.now() > giveUpAtMs) throw error;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }
}

async function must(program: string, args: readonly string[]): Promise<void> {
  const { exitCode, stderr } = await run(program, args);
  if (exitCode !== 0) throw new Error(`${program}: ${stderr}`);
}
