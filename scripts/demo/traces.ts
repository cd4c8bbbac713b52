import { createConnection } from "node:net";
import path from "node:path";
import { ownerOf } from "@parity-protocol/runner";
import {
  connectEngine,
  type Engine,
  type PackedArchive,
  packFolder,
  removeHolderImage,
  removeImage,
  sweepLeftovers,
  verifyArchive,
} from "@parity-protocol/sandbox";
import type { LocalNetwork } from "../../cli/local-network/start-local-network.ts";
import { check, say } from "./screen.ts";

/** What a demo used, and must not leave behind. */
export interface Traces {
  pids: readonly number[];
  urls: readonly string[];
  /** Names under which containers and volumes were made. */
  owners: readonly string[];
  /** The ids that the engine may know the job's image by. */
  imageIds: string[];
}

/** Lists what a network will have to take down. */
export function tracesOf({ network, runners }: LocalNetwork): Traces {
  const pids = runners.map((runner) => runner.program.pid);
  return { pids, urls: [network.rpcUrl, network.storeUrl], owners: runners.map(({ directory }) => ownerOf(directory)), imageIds: [] };
}

/** Adds the image of a folder: the same folder gives the same archive, whose digests are its ids. */
export async function noteImage(traces: Traces, folder: string, outputDirectory: string): Promise<void> {
  await noteArchive(traces, await packFolder({ folder, outputDirectory: path.join(outputDirectory, "archive") }));
}

/** Adds the image of an archive. */
export async function noteArchive(traces: Traces, archive: PackedArchive): Promise<void> {
  const { configDigest, manifestDigest } = await verifyArchive(archive.path, archive);
  traces.imageIds.push(`sha256:${configDigest}`, `sha256:${manifestDigest}`);
}

/** Looks for what is left once all is stopped, and removes it from the engine; in words, nothing when all is gone. */
export async function clearTraces({ pids, urls, owners, imageIds }: Traces, dockerHost: string | undefined): Promise<string[]> {
  const engine = await connectEngine({ dockerHost });
  const left = pids.filter(isAlive).map((pid) => `process ${pid}`);
  for (const url of urls) if (await answers(url)) left.push(`port ${new URL(url).port}`);
  for (const owner of owners) left.push(...(await sweep(engine, owner)));
  for (const id of imageIds) if (!(await removeImage(engine, id))) left.push(`image ${id}`);
  // Every run on this engine shares it: whoever still needs it keeps it.
  await removeHolderImage(engine);
  return left;
}

/** Checks that nothing is left. */
export function checkNothingLeft(left: readonly string[]): void {
  say("");
  check("nothing is left behind: no process, container, volume, image or port", left.length === 0, left.join(", "));
}

async function sweep(engine: Engine, owner: string): Promise<string[]> {
  const { containers, volumes } = await sweepLeftovers(engine, { owner });
  return [...(containers > 0 ? [`${containers} containers of ${owner}`] : []), ...(volumes > 0 ? [`${volumes} volumes of ${owner}`] : [])];
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

function answers(url: string): Promise<boolean> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve) => {
    const socket = createConnection({ host: hostname, port: Number(port) });
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });
}
