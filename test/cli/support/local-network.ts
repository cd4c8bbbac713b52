import path from "node:path";
import { type LocalNetwork, startLocalNetwork } from "../../../cli/local-network/start-local-network.ts";
import { networkFileIn, writeNetwork } from "../../../cli/network/network-file.ts";

const idle = path.join(import.meta.dirname, "idle-runner.ts");

/** Starts a real chain, contracts and store without anybody to work on tasks, and notes them in a folder's network file. */
export async function startQuietNetwork(directory: string): Promise<LocalNetwork> {
  const local = await startLocalNetwork({
    directory: path.join(directory, "network"),
    port: 0,
    runners: [{ name: "idle", program: idle }],
    signal: new AbortController().signal,
  });
  writeNetwork(networkFileIn(directory), local.network);
  return local;
}
