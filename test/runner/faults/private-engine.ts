import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { connectEngine } from "@parity-protocol/sandbox";

/** A Docker engine of a test's own, which may be restarted under a runner. */
export interface PrivateEngine {
  dockerHost: string;
  restart(): Promise<void>;
  close(): Promise<void>;
}

/** Starts an engine beside the machine's, in a network namespace of its own: two in one would take each other's bridge away. */
export async function startPrivateEngine(): Promise<PrivateEngine> {
  const directory = mkdtempSync("/tmp/pe-"); // short: a socket's path has at most 108 bytes
  const dockerHost = `unix://${join(directory, "d.sock")}`;
  let daemon = await start(directory, dockerHost);
  const stop = async () => {
    const ended = once(daemon, "exit");
    daemon.kill("SIGTERM");
    await ended;
  };
  return {
    dockerHost,
    restart: async () => {
      await stop();
      daemon = await start(directory, dockerHost);
    },
    close: async () => {
      await stop();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

async function start(directory: string, dockerHost: string): Promise<ChildProcess> {
  const places = ["data-root", "exec-root", "pidfile"].map((name) => `--${name}=${join(directory, name)}`);
  const network = ["--bridge=none", "--iptables=false", "--ip6tables=false", "--ip-forward=false", "--ip-masq=false"];
  const args = ["-n", "dockerd", ...places, "-H", dockerHost, "--shutdown-timeout=1", ...network];
  const daemon = spawn("unshare", args, { stdio: "ignore" });
  for (;;) {
    if (daemon.exitCode !== null) throw new Error(`dockerd ended with ${daemon.exitCode}`);
    if (await connectEngine({ dockerHost }).catch(() => undefined)) return daemon;
    await pause(100);
  }
}
