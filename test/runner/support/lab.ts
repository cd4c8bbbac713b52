import { type ChildProcessByStdio, spawn } from "node:child_process";
import { EventEmitter, once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { loadRunnerConfig, ownerOf, type RunnerPorts, type StartedRunner, startRunner } from "@parity-protocol/runner";
import { connectEngine, type Engine, packFolder, removeImage, sweepLeftovers, type VerifiedArchive } from "@parity-protocol/sandbox";
import {
  type Address,
  type BlobStore,
  blobFromBytes,
  buildMerkleList,
  defaultLimits,
  deployEscrow,
  deployMerkleGate,
  encodeJobSpec,
  getTaskEvents,
  getTaskState,
  type Hex,
  httpStore,
  type JobLimits,
  type JobSpec,
  type PostedTask,
  type ProposedTerms,
  postTask,
  type TaskEvent,
  waitForResult,
} from "@parity-protocol/sdk";
import { taskEscrowAbi } from "@parity-protocol/sdk/contracts";
import { blobFromFile } from "@parity-protocol/sdk/node";
import { type StoreServer, type StoreServerOptions, startStoreServer } from "@parity-protocol/store";
import { network } from "hardhat";
import { type Account, bytesToHex, type Chain, type Client, createClient, http, type Transport } from "viem";
import { mnemonicToAccount } from "viem/accounts";
import { getBlock, watchContractEvent } from "viem/actions";
import { hardhat } from "viem/chains";
import { startAnvil } from "../../support/anvil.ts";
import { makeBusyboxFolder } from "../../support/busybox.ts";

const mnemonic = "test test test test test test test test test test test junk";
const token = "token-of-the-lab";

/** One line of a runner's log. */
export interface LogLine {
  level: "debug" | "info" | "warn" | "error";
  sentence: string;
  fields: Record<string, unknown>;
}

/** A runner that a test started, with what it said. */
export interface LabRunner extends StartedRunner {
  lines: LogLine[];
  /** Waits until the runner says a sentence about a task, also if it did before. */
  said(sentence: string, taskId?: Hex): Promise<LogLine>;
  /** Waits until the runner waits for a reason. */
  saidBecause(why: string, taskId: Hex): Promise<void>;
}

/** What a lab is made of where it is not the usual. */
export interface LabOptions {
  /** Arguments of anvil, which is the chain then; Hardhat's node is otherwise. */
  anvil?: readonly string[];
  /** Of a chain that is not a local one, whose blocks come by themselves; anvil's. */
  chainId?: number;
  /** Whether Ctrl-C on the terminal leaves anvil running, for who still has something to ask it. */
  isDetached?: boolean;
}

/** Prints something else each time that it runs, at standard@1. */
export const fickleScript = "echo $EPOCHREALTIME";

/** What a test job is. */
export interface LabJob {
  script: string;
  input?: Record<string, string>;
  limits?: Partial<JobLimits>;
}

/** A served chain with an escrow, a store server, an engine, an image with a shell, and funded keys: all of them real. */
export class RunnerLab {
  readonly directory = mkdtempSync(join(tmpdir(), "parity-runner-"));
  readonly #closers: (() => unknown)[] = [];
  readonly #running: { stop: () => Promise<unknown>; transcript: () => string }[] = [];
  #chain: Chain = hardhat;
  rpcUrl = "";
  escrow: Address = "0x";
  submitter!: Client<Transport, Chain, Account>;
  storeServer!: StoreServer;
  store!: BlobStore;
  engine!: Engine;
  image!: JobSpec["image"];

  static async open(options: LabOptions = {}): Promise<RunnerLab> {
    const lab = new RunnerLab();
    const { anvil, chainId = hardhat.id, isDetached = false } = options;
    lab.rpcUrl = anvil ? await lab.#serveAnvil([...anvil, "--chain-id", String(chainId)], isDetached) : await lab.#serveHardhat();
    lab.#chain = { ...hardhat, id: chainId };
    await lab.#meetChain();
    await lab.#serveStore();
    lab.engine = await connectEngine({ dockerHost: process.env.DOCKER_HOST });
    const folder = makeBusyboxFolder(join(lab.directory, "image"), ["sh"]);
    const packed = await packFolder({ folder, outputDirectory: join(lab.directory, "archives") });
    await lab.store.put(await blobFromFile(packed.path));
    lab.image = { archive: packed.sha256, bytes: packed.bytes, platform: packed.platform };
    return lab;
  }

  async #serveHardhat(): Promise<string> {
    const server = await network.createServer("node", "127.0.0.1", 0);
    const { address, port } = await server.listen();
    this.later(() => server.close());
    return `http://${address}:${port}`;
  }

  async #serveAnvil(args: readonly string[], isDetached: boolean): Promise<string> {
    const anvil = await startAnvil(args, isDetached);
    this.later(() => anvil.stop());
    return anvil.url;
  }

  async #meetChain(): Promise<void> {
    const account = mnemonicToAccount(mnemonic, { addressIndex: 0 });
    this.submitter = createClient({ account, chain: this.#chain, transport: http(this.rpcUrl), pollingInterval: 50 });
    this.escrow = (await deployEscrow(this.submitter, {})).escrow;
  }

  async #serveStore(): Promise<void> {
    await this.restartStore(0);
  }

  /** Starts the store, again at the same port after it was closed. */
  async restartStore(port = Number(new URL(this.storeServer.url).port)): Promise<void> {
    this.storeServer = await this.startStore({ port });
    this.store = httpStore(this.storeServer.url, { token });
  }

  /** Starts a store in the lab's directory of blobs, which takes the token and asks the lab's chain about signatures. */
  startStore(options: Partial<StoreServerOptions>): Promise<StoreServer> {
    const chain = { client: this.submitter, chainId: this.#chain.id, escrow: this.escrow, fromBlock: 0n };
    return startStoreServer({ directory: join(this.directory, "store"), token, chain, ...options });
  }

  /** Stops what a test left running, so that the next one begins afresh; tells what the runners of a failed test said. */
  async endTest({ currentTest }: Mocha.Context): Promise<void> {
    for (const { stop, transcript } of this.#running.splice(0)) {
      if (currentTest?.state === "failed") process.stderr.write(`${transcript()}\n`);
      await stop();
    }
  }

  later(close: () => unknown): void {
    this.#closers.push(close);
  }

  /** Closes everything; fails when something was left in the engine. */
  async close(): Promise<void> {
    for (const close of this.#closers.reverse()) await close();
    await this.storeServer.close();
    rmSync(this.directory, { recursive: true, force: true });
  }

  keyOf(index: number): Hex {
    const { privateKey } = mnemonicToAccount(mnemonic, { addressIndex: index }).getHdKey();
    if (!privateKey) throw new Error("no key");
    return bytesToHex(privateKey);
  }

  environment(index: number, change: Record<string, string> = {}): Record<string, string> {
    return {
      RUNNER_RPC_URL: this.rpcUrl,
      RUNNER_ESCROW: this.escrow,
      RUNNER_STORE_URLS: this.storeServer.url,
      RUNNER_STORE_TOKEN: token,
      RUNNER_DIRECTORY: join(this.directory, `runner-${index}`),
      RUNNER_PRIVATE_KEY: this.keyOf(index),
      RUNNER_POLL_MS: "50",
      RUNNER_SEND_MARGIN_SECONDS: "1",
      RUNNER_ALLOW_OPEN_TASKS: "true",
      RUNNER_CONCURRENCY: "2",
      RUNNER_IMAGE_CACHE_BYTES: "0",
      RUNNER_MIN_FREE_DISK_BYTES: "0",
      RUNNER_LOG_LEVEL: "silent",
      ...(process.env.DOCKER_HOST ? { DOCKER_HOST: process.env.DOCKER_HOST } : {}),
      ...change,
    };
  }

  /** Starts the runner program in a process of its own; it is killed with the lab if it still runs. */
  async startProgram(index: number, change: Record<string, string> = {}, how: ProgramOptions = {}): Promise<RunnerProgram> {
    const env = { PATH: process.env.PATH ?? "", ...this.environment(index, { RUNNER_LOG_LEVEL: "debug", ...change }) };
    const program = new RunnerProgram(env, how);
    this.#running.push({ stop: () => program.kill("SIGKILL"), transcript: () => program.stderr });
    return program;
  }

  /** Starts a runner in this process; it is stopped with the lab if the test does not stop it. */
  async start(
    index: number,
    { change = {}, ports = {} }: { change?: Record<string, string>; ports?: Partial<RunnerPorts> } = {},
  ): Promise<LabRunner> {
    const { log, lines, said } = listen();
    const runner = await startRunner(loadRunnerConfig(this.environment(index, change)), { log: () => log, ...ports });
    this.#running.push({ stop: () => runner.stop(), transcript: () => lines.map((line) => JSON.stringify(line)).join("\n") });
    const saidBecause = (why: string, taskId: Hex) =>
      this.until(async () => lines.some(({ fields }) => fields.taskId === taskId && fields.why === why));
    return { ...runner, lines, said, saidBecause };
  }

  spec({ script, input = {}, limits = {} }: LabJob): JobSpec {
    const files = Object.entries(input).map(([path, text]) => ({ path, ...nameOf(text) }));
    return {
      version: 1,
      image: this.image,
      command: ["/bin/sh", "-c", script],
      env: {},
      workingDirectory: "/",
      input: files.map(({ path, sha256, bytes }) => ({ path, sha256, bytes })),
      limits: { ...defaultLimits, memoryBytes: 64 * 1024 ** 2, timeoutSeconds: 20, ...limits },
      expect: { exitCode: 0 },
      determinism: { level: "standard@1", seed: "0".repeat(64) },
    };
  }

  /** Puts a job into the store; returns its hash. */
  async upload(job: LabJob): Promise<Hex> {
    for (const text of Object.values(job.input ?? {})) await this.store.put(blobFromBytes(new TextEncoder().encode(text)));
    return this.uploadSpec(this.spec(job));
  }

  async uploadText(text: string): Promise<Hex> {
    const blob = blobFromBytes(new TextEncoder().encode(text));
    await this.store.put(blob);
    return `0x${blob.sha256}`;
  }

  async uploadSpec(spec: JobSpec): Promise<Hex> {
    const blob = blobFromBytes(encodeJobSpec(spec));
    await this.store.put(blob);
    return `0x${blob.sha256}`;
  }

  /** Tells of every commitment that reaches the chain. */
  watchCommitments(onCommitment: (commitment: Hex) => void): { stop(): void } {
    const abi = taskEscrowAbi;
    const stop = watchContractEvent(this.submitter, {
      address: this.escrow,
      abi,
      eventName: "ResultCommitted",
      pollingInterval: 20,
      onLogs: (logs) => {
        for (const { args } of logs) if (args.commitment) onCommitment(args.commitment);
      },
    });
    return { stop };
  }

  async now(): Promise<number> {
    return Number((await getBlock(this.submitter, { blockTag: "pending" })).timestamp);
  }

  /** Posts a task: one slot unless told, ten minutes to commit, ten to reveal. */
  async post(jobHash: Hex, terms: Partial<ProposedTerms> = {}, onSent: (transactionHash: Hex) => void = () => {}): Promise<PostedTask> {
    const window = { commitDeadline: (await this.now()) + 600, revealWindowSeconds: 600 };
    return postTask(this.submitter, {
      escrow: this.escrow,
      terms: { bountyWei: 3_000_000n, slots: 1, quorum: 1, jobHash, ...window, ...terms },
      location: this.storeServer.url,
      sources: "unchecked",
      pollMs: 20,
      onSent,
    });
  }

  waitForResult(taskId: Hex) {
    return waitForResult(this.submitter, { escrow: this.escrow, taskId, pollMs: 50 });
  }

  stateOf(taskId: Hex) {
    return getTaskState(this.submitter, { escrow: this.escrow, taskId });
  }

  /** Moves the chain's clock and makes a block. */
  async passTime(seconds: number): Promise<void> {
    await this.rpc("evm_increaseTime", [seconds]);
    await this.rpc("evm_mine", []);
  }

  async mine(blocks: number): Promise<void> {
    for (let i = 0; i < blocks; i++) await this.rpc("evm_mine", []);
  }

  /** Asks again and again until the answer is yes. */
  async until(isTrue: () => Promise<boolean>): Promise<void> {
    while (!(await isTrue())) await new Promise((resolve) => setTimeout(resolve, 50));
  }

  async rpc(method: string, params: unknown[]): Promise<unknown> {
    return this.submitter.request({ method, params } as never);
  }

  /** Deploys a gate that admits the runners of these keys; its list is at the store. */
  async gateFor(...indices: number[]): Promise<Address> {
    return this.gateForAddresses(indices.map((index) => this.addressOf(index)));
  }

  async gateForAddresses(runners: readonly Address[]): Promise<Address> {
    const list = buildMerkleList(runners.map((runner) => ({ runner })));
    await this.store.put(blobFromBytes(list.listBytes));
    return (await deployMerkleGate(this.submitter, list)).address;
  }

  addressOf(index: number): Address {
    return mnemonicToAccount(mnemonic, { addressIndex: index }).address;
  }

  /** Names everything that happened to a task, with whom it happened to. */
  async eventsOf(taskId: Hex): Promise<TaskEvent[]> {
    return getTaskEvents(this.submitter, { escrow: this.escrow, taskId });
  }

  async leftovers(owner: string): Promise<number> {
    const { containers, volumes } = await sweepLeftovers(this.engine, { owner });
    return containers + volumes;
  }

  /** Names a runner's directory to the engine, as the runner does. */
  ownerOf(directory: string): string {
    return ownerOf(directory);
  }

  /** Lists the ids under which the engine has an archive's image. */
  async imagesOf({ configDigest, manifestDigest }: VerifiedArchive): Promise<string[]> {
    const ids = [configDigest, manifestDigest].map((digest) => `sha256:${digest}`);
    const images = await this.engine.docker.listImages({ all: true });
    return images.map(({ Id }) => Id).filter((id) => ids.includes(id));
  }

  async removeImage(imageId: string): Promise<void> {
    await removeImage(this.engine, imageId);
  }
}

/** What is started where it is not the runner alone. */
export interface ProgramOptions {
  /** A module that is loaded into the process before the program. */
  preload?: string;
  /** A program that starts a runner in its own way. */
  main?: string;
}

/** The runner as a program, with what it wrote. */
export class RunnerProgram {
  readonly #child: ChildProcessByStdio<null, Readable, Readable>;
  readonly exited: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
  #stderr = "";
  #stdout = "";
  readonly #changed = new EventEmitter();

  constructor(env: Record<string, string>, { preload, main = join(import.meta.dirname, "../../../runner/main.ts") }: ProgramOptions = {}) {
    const args = preload === undefined ? [main] : ["--import", preload, main];
    this.#child = spawn(process.execPath, args, { env, cwd: tmpdir(), stdio: ["ignore", "pipe", "pipe"] });
    this.#child.stdout.on("data", (chunk) => this.#note(() => (this.#stdout += chunk)));
    this.#child.stderr.on("data", (chunk) => this.#note(() => (this.#stderr += chunk)));
    const killWithTests = () => this.#child.kill("SIGKILL");
    process.once("exit", killWithTests);
    this.exited = new Promise((resolve) => this.#child.once("close", (code, signal) => resolve({ code, signal })));
    void this.exited.then(() => process.off("exit", killWithTests));
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  get stdout(): string {
    return this.#stdout;
  }

  get stderr(): string {
    return this.#stderr;
  }

  /** Waits until the program logs a sentence, about a task where one is named. */
  async said(sentence: string, taskId?: Hex): Promise<void> {
    const isSaid = (line: string) => line.includes(`"msg":"${sentence}"`) && (taskId === undefined || line.includes(taskId));
    while (!this.#stderr.split("\n").some(isSaid)) await this.#next();
  }

  async ready(): Promise<void> {
    while (!this.#stdout.includes("\n")) await this.#next();
  }

  kill(signal: NodeJS.Signals): Promise<unknown> {
    this.#child.kill(signal);
    return this.exited;
  }

  #note(add: () => void): void {
    add();
    this.#changed.emit("change");
  }

  async #next(): Promise<void> {
    const ended = this.exited.then(() => {
      throw new Error(`the runner ended: ${this.#stderr}`);
    });
    await Promise.race([once(this.#changed, "change"), ended]);
  }
}

function nameOf(text: string): { sha256: string; bytes: number } {
  const { sha256, bytes } = blobFromBytes(new TextEncoder().encode(text));
  return { sha256, bytes };
}

function listen() {
  const lines: LogLine[] = [];
  const waiting: { sentence: string; taskId: Hex | undefined; resolve: (line: LogLine) => void }[] = [];
  const note = (level: LogLine["level"]) => (fields: object, sentence: string) => {
    const line = { level, sentence, fields: fields as Record<string, unknown> };
    lines.push(line);
    if (process.env.LAB_VERBOSE)
      process.stderr.write(`${new Date().toISOString().slice(17)} ${level} ${sentence} ${JSON.stringify(fields)}\n`);
    for (const waiter of waiting) if (isAbout(line, waiter)) waiter.resolve(line);
  };
  const said = (sentence: string, taskId?: Hex): Promise<LogLine> => {
    const before = lines.find((line) => isAbout(line, { sentence, taskId }));
    if (before) return Promise.resolve(before);
    return new Promise((resolve) => waiting.push({ sentence, taskId, resolve }));
  };
  return { lines, said, log: { debug: note("debug"), info: note("info"), warn: note("warn"), error: note("error") } };
}

function isAbout(line: LogLine, { sentence, taskId }: { sentence: string; taskId?: Hex | undefined }): boolean {
  return line.sentence === sentence && (taskId === undefined || line.fields.taskId === taskId);
}
