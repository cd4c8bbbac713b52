import { mkdirSync, rmSync } from "node:fs";
import path from "node:path";
import {
  type Address,
  blobFromBytes,
  buildMerkleList,
  deployEscrow,
  deployMerkleGate,
  type Hex,
  httpStore,
  ParityError,
} from "@parity-protocol/sdk";
import { type StoreServer, startStoreServer } from "@parity-protocol/store";
import { getAddress } from "viem";
import { generatePrivateKey, privateKeyToAccount } from "viem/accounts";
import { type Connection, connect, sendAs } from "../network/connect.ts";
import type { Network } from "../network/network-file.ts";
import { type LocalChain, startChain } from "./chain.ts";
import type { ChildProgram } from "./child-program.ts";
import { type Reaper, startReaper } from "./reaper.ts";
import { type LocalRunner, type RunnerPlan, startRunnerProgram } from "./runner-program.ts";
import type { Hold } from "./single-instance.ts";

/** What a local network is to be made of. */
export interface LocalNetworkRequest {
  /** Where everything of it lives: logs, blobs, the runners' directories. Emptied first. */
  directory: string;
  /** The chain's port; 0 takes a free one. */
  port: number;
  runners: readonly RunnerPlan[];
  /** The folder's mark, and other files that are to go, too, should this process be killed. */
  hold?: { mark: Hold; files: readonly string[] };
  signal: AbortSignal;
  onStep?: (text: string) => void;
}

/** A network that runs on this machine alone. */
export interface LocalNetwork {
  network: Network & { gate: Address; storeUrl: string; storeToken: string; submitterKey: Hex };
  connection: Connection;
  runners: readonly LocalRunner[];
  /** Rejects when a part of it ends by itself; never resolves, and never rejects once `stop` was called. */
  broken: Promise<never>;
  /** Ends everything, the runners first: they may still want to say something to the chain. */
  stop(): Promise<void>;
}

/** Runners finish or park their jobs. */
const RUNNER_GRACE_MS = 30_000;
const CHAIN_GRACE_MS = 5_000;
/** Enough for any number of tasks; it is worth nothing. */
const ENDOWMENT_WEI = 1_000n * 10n ** 18n;

/**
 * Starts a whole network on this machine: a chain, the contracts, a store, runners, each with a key of its own. Leaves nothing when it fails.
 * @throws LOCAL_CHAIN_UNAVAILABLE, LOCAL_NETWORK_FAILED, FILE_UNREADABLE
 */
export async function startLocalNetwork(request: LocalNetworkRequest): Promise<LocalNetwork> {
  makeDirectories(request.directory);
  const volatile = volatileIn(request.directory);
  const parts: Parts = { reaper: startReaper(), runners: [], volatile, isStopping: false };
  for (const folder of volatile) parts.reaper.adoptFile(folder);
  if (request.hold) shareHold(request.hold, parts.reaper);
  try {
    return await build(request, parts);
  } catch (error) {
    await stopAll(parts);
    throw error;
  }
}

/** While the reaper still takes down what a killed process left, nobody else may begin in the same folder. */
function shareHold({ mark, files }: { mark: Hold; files: readonly string[] }, reaper: Reaper): void {
  if (reaper.pid !== undefined) mark.share(reaper.pid);
  for (const file of [...files, mark.file]) reaper.adoptFile(file);
}

/** What was started so far, to be ended in the opposite order. */
interface Parts {
  reaper: Reaper;
  chain?: LocalChain;
  store?: StoreServer;
  runners: LocalRunner[];
  /** What is worth nothing without the chain. */
  volatile: readonly string[];
  isStopping: boolean;
}

async function build(request: LocalNetworkRequest, parts: Parts): Promise<LocalNetwork> {
  const { directory, signal, onStep } = request;
  onStep?.("Starting the chain…");
  parts.chain = await startChain({ port: request.port, logFile: path.join(directory, "logs", "chain.log"), reaper: parts.reaper, signal });
  const connection = await connect({ rpcUrl: parts.chain.rpcUrl });
  const storeToken = generatePrivateKey().slice(2);
  parts.store = await startStoreServer({ directory: path.join(directory, "store"), port: 0, token: storeToken });
  onStep?.("Deploying the contracts…");
  const keys = request.runners.map(() => generatePrivateKey());
  const contracts = await deployContracts(connection, { keys, store: { url: parts.store.url, token: storeToken } });
  const network = { chainId: connection.chainId, rpcUrl: parts.chain.rpcUrl, ...contracts, storeUrl: parts.store.url, storeToken };
  onStep?.(`Starting ${request.runners.length} runners…`);
  const started = request.runners.map(async (plan, i) => {
    const key = keys[i] ?? generatePrivateKey();
    const runner = await startRunnerProgram(
      {
        plan,
        key,
        network,
        directory: path.join(directory, "runners", plan.name),
        logFile: path.join(directory, "logs", `${plan.name}.log`),
        signal,
      },
      parts.reaper,
    );
    parts.runners.push(runner);
    return runner;
  });
  await settleAll(started);
  const runners = parts.runners.toSorted((a, b) => a.name.localeCompare(b.name, "en", { numeric: true }));
  return { network, connection, runners, broken: brokenOf(parts), stop: () => stopAll(parts) };
}

/** Waits for all before it says that one failed: what one left half-started could not be ended. */
async function settleAll(started: readonly Promise<unknown>[]): Promise<void> {
  const outcomes = await Promise.allSettled(started);
  const failed = outcomes.find((outcome) => outcome.status === "rejected");
  if (failed) throw failed.reason;
}

interface Deployment {
  keys: readonly Hex[];
  store: { url: string; token: string };
}

/** Deploys the factory, the native escrow and the gate of the runners, as the submitter, whom it endows as it does the runners. */
async function deployContracts(connection: Connection, { keys, store }: Deployment) {
  const submitterKey = generatePrivateKey();
  const submitter = privateKeyToAccount(submitterKey);
  const runners = keys.map((key) => privateKeyToAccount(key).address);
  for (const address of [submitter.address, ...runners]) await endow(connection, address);
  const sender = sendAs(connection, submitter);
  const { factory, escrow, deployedAtBlock } = await deployEscrow(sender, {});
  const list = buildMerkleList(runners.map((runner) => ({ runner })));
  await httpStore(store.url, { token: store.token }).put(blobFromBytes(list.listBytes));
  const { address: gate } = await deployMerkleGate(sender, list);
  return {
    factory: getAddress(factory),
    escrow: getAddress(escrow),
    deployedAtBlock: Number(deployedAtBlock),
    gate: getAddress(gate),
    submitterKey,
  };
}

/** Gives an account money of the development chain. */
async function endow({ client }: Connection, address: Address): Promise<void> {
  const request = client.request as (call: { method: string; params: unknown[] }) => Promise<unknown>;
  await request({ method: "hardhat_setBalance", params: [address, `0x${ENDOWMENT_WEI.toString(16)}`] });
}

function brokenOf(parts: Parts): Promise<never> {
  const { chain, runners } = parts;
  const watched: ChildProgram[] = [...(chain ? [chain.program] : []), ...runners.map((runner) => runner.program)];
  const broken = new Promise<never>((_, reject) => {
    for (const { name, ended, logFile } of watched)
      void ended.then(() => {
        const hint = `Its log says why: ${logFile}`;
        if (!parts.isStopping) reject(new ParityError("LOCAL_NETWORK_FAILED", `The ${name} ended by itself.`, { hint }));
      });
  });
  broken.catch(() => {}); // whoever waits for it hears it; nobody has to
  return broken;
}

async function stopAll(parts: Parts): Promise<void> {
  parts.isStopping = true;
  await Promise.all(parts.runners.map((runner) => runner.program.stop(RUNNER_GRACE_MS)));
  await parts.store?.close();
  await parts.chain?.program.stop(CHAIN_GRACE_MS);
  for (const folder of parts.volatile) rmSync(folder, { recursive: true, force: true });
  await parts.reaper.dismiss();
}

/** Journals and blobs belong to their chain, which ends with this network; logs are kept until the next one. */
function volatileIn(directory: string): string[] {
  return [path.join(directory, "store"), path.join(directory, "runners")];
}

function makeDirectories(directory: string): void {
  const folders = [path.join(directory, "logs"), ...volatileIn(directory)];
  try {
    for (const folder of folders) rmSync(folder, { recursive: true, force: true });
    for (const folder of folders) mkdirSync(folder, { recursive: true });
  } catch (cause) {
    throw new ParityError("FILE_UNREADABLE", `${directory} cannot be written.`, { cause });
  }
}
