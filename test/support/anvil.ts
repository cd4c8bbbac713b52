import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import { createRequire } from "node:module";
import type { Readable } from "node:stream";

/** A chain in a process of its own that can take blocks back. */
export interface Anvil {
  url: string;
  stop(): Promise<void>;
}

const platforms: Readonly<Record<string, string>> = { "linux x64": "linux-amd64", "linux arm64": "linux-arm64" };

/** Starts anvil on a free port of the loopback interface, in a process group of its own where the terminal's signals are not to reach it. */
export async function startAnvil(args: readonly string[] = [], isDetached = false): Promise<Anvil> {
  const platform = platforms[`${process.platform} ${process.arch}`] ?? `${process.platform}-${process.arch}`;
  const program = createRequire(import.meta.url).resolve(`@foundry-rs/anvil-${platform}/bin/anvil`);
  const options = ["--host", "127.0.0.1", "--port", "0", "--hardfork", "cancun", ...args];
  const child = spawn(program, options, { stdio: ["ignore", "pipe", "inherit"], detached: isDetached });
  const kill = () => child.kill("SIGKILL");
  process.once("exit", kill);
  const url = await addressIn(child);
  child.stdout.resume();
  return {
    url,
    stop: async () => {
      process.off("exit", kill);
      if (child.exitCode !== null || child.signalCode !== null) return;
      kill();
      await once(child, "exit");
    },
  };
}

async function addressIn(child: ChildProcessByStdio<null, Readable, null>): Promise<string> {
  let text = "";
  for (;;) {
    const [chunk] = (await Promise.race([once(child.stdout, "data"), once(child, "exit").then(() => [undefined])])) as [Buffer | undefined];
    if (!chunk) throw new Error(`anvil ended before it listened: ${text}`);
    text += String(chunk);
    const [, address] = /Listening on (127\.0\.0\.1:\d+)/.exec(text) ?? [];
    if (address) return `http://${address}`;
  }
}
