import { existsSync } from "node:fs";
import { join } from "node:path";
import { checkLevel, connectEngine, type Engine } from "@parity-protocol/sandbox";
import {
  type Address,
  decodeJobSpec,
  type Escrow,
  getEscrow,
  getTask,
  getTaskState,
  type Hex,
  isParityError,
  type JobSpec,
  jobBounds,
  type Phase,
  phaseOf,
  readBlob,
  type Task,
  type TaskState,
} from "@parity-protocol/sdk";
import { createNodeSha256 } from "@parity-protocol/sdk/node";
import type { Client } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { getBlock } from "viem/actions";
import { openEndpoints } from "../chain/endpoints.ts";
import { FeePolicy } from "../chain/fees.ts";
import { gasOfTask, usualGasOfTask } from "../chain/gas-tank.ts";
import type { RunnerConfig } from "../config.ts";
import { createStores, type RunnerStores } from "../execution/blob-sources.ts";
import { freeBytesOf } from "../execution/free-disk.ts";
import { Journal } from "../journal/journal.ts";
import { loadKey } from "../keys/load-key.ts";
import { askGate, proofsOfTokens } from "./ask-gate.ts";
import { examineTask } from "./assess-task.ts";
import { readFunds } from "./bond-funds.ts";
import { describeOffer, strikesOf } from "./describe-offer.ts";
import type { Finding } from "./policy-rules.ts";
import { needsSelfCheck } from "./self-check.ts";

/** Why a runner would take a task, or not. */
export interface Explanation {
  taskId: Hex;
  runner: Address;
  phase: Phase;
  /** Slots that nobody has taken. */
  freeSlots: number;
  /** Each rule with what it found, in the order in which they are asked. */
  findings: (Finding | JobFinding)[];
  /** Whether the runner would try to take a slot now, if the image can be fetched, verified and loaded. */
  isTaken: boolean;
}

/** A job that could not be read, or that this machine cannot run: the code of the error stands for the rule. */
export interface JobFinding {
  rule: string;
  isMet: false;
  because: string;
}

interface Premises {
  client: Client;
  escrow: Escrow;
  runner: Address;
  stores: RunnerStores;
  engine: Engine;
  task: Task;
  state: TaskState;
  now: number;
  baseFeeWei: bigint;
}

/**
 * Says what each rule of the policy finds about a task, with the figures of now. Fetches the job spec, and nothing else; changes nothing.
 * @throws TASK_UNKNOWN, KEYSTORE_INVALID, KEYSTORE_PASSWORD_WRONG, ENGINE_UNREACHABLE, RPC_UNREACHABLE, RPC_FAILED, NOT_AN_ESCROW
 */
export async function explainTask(config: RunnerConfig, { taskId, signal }: { taskId: Hex; signal: AbortSignal }): Promise<Explanation> {
  const premises = await readPremises(config, taskId);
  const { runner, state, now, engine } = premises;
  const job = await readJob(premises, signal);
  const offer = await readOffer(config, premises, { spec: "spec" in job ? job.spec : undefined, signal });
  const findings: Explanation["findings"] = examineTask(offer, { ...config, platform: engine.platform, cpus: engine.cpus });
  const unfit = "spec" in job ? await whyUnfit(engine, job.spec) : job;
  if (unfit) findings.push(unfit);
  const [phase, freeSlots] = [phaseOf(state, now), Math.max(0, state.slots - state.reserved)];
  const isTaken = phase === "OPEN" && freeSlots > 0 && findings.every(({ isMet }) => isMet);
  return { taskId, runner, phase, freeSlots, findings, isTaken };
}

async function readPremises(config: RunnerConfig, taskId: Hex): Promise<Premises> {
  const { client } = openEndpoints(config.rpcUrls);
  const [privateKey, escrow, engine, task, { state }, block] = await Promise.all([
    loadKey(config.key),
    getEscrow(client, { escrow: config.escrow }),
    connectEngine(config.dockerHost === undefined ? {} : { dockerHost: config.dockerHost }),
    getTask(client, { escrow: config.escrow, taskId, fromBlock: config.fromBlock }),
    getTaskState(client, { escrow: config.escrow, taskId }),
    getBlock(client, { blockTag: "latest" }),
  ]);
  const facts = { now: Number(block.timestamp), baseFeeWei: block.baseFeePerGas ?? 0n };
  const account = privateKeyToAccount(privateKey);
  const stores = createStores({ ...config, signer: { chainId: escrow.chainId, escrow: escrow.address, account } });
  return { client, escrow, engine, task, state, stores, runner: account.address, ...facts };
}

async function readJob({ stores, task: { location, terms } }: Premises, signal: AbortSignal): Promise<{ spec: JobSpec } | JobFinding> {
  const sources = stores.forLocation(location);
  const request = { sha256: terms.jobHash.slice(2), maxBytes: jobBounds.specBytes, signal, createHash: createNodeSha256 };
  try {
    return { spec: decodeJobSpec(await readBlob(sources, request)) };
  } catch (error) {
    return findingOf(error);
  }
}

async function whyUnfit(engine: Engine, spec: JobSpec): Promise<JobFinding | undefined> {
  try {
    await checkLevel(engine, spec);
    return undefined;
  } catch (error) {
    return findingOf(error);
  }
}

function findingOf(error: unknown): JobFinding {
  if (!isParityError(error)) throw error;
  return { rule: error.code, isMet: false, because: error.message };
}

async function readOffer(
  config: RunnerConfig,
  { client, escrow, runner, stores, task, state, now, baseFeeWei }: Premises,
  { spec, signal }: { spec: JobSpec | undefined; signal: AbortSignal },
) {
  const place = { client, escrow: escrow.address, asset: escrow.asset, runner };
  const sources = stores.forLocation(task.location);
  const [admission, funds, freeDiskBytes] = await Promise.all([
    askGate({ client, runner, sources, signal }, task, proofsOfTokens(config.gateTokens)),
    readFunds(client, place),
    freeBytesOf(existsSync(config.directory) ? config.directory : "."),
  ]);
  const fees = new FeePolicy(client, config.maxFeePerGasWei);
  // Learns the tip; where the ceiling is too low, that is what the figures say.
  await fees.choose(baseFeeWei).catch(() => undefined);
  const past = pastOf(config, { task, spec });
  const deps = {
    ...place,
    ...(config.nativeInAsset === undefined ? {} : { nativeInAsset: config.nativeInAsset }),
    now: () => now,
    gasNeededWei: () => gasOfTask * fees.expectWei(baseFeeWei),
    gasCostWei: () => usualGasOfTask * fees.likelyWei(baseFeeWei),
    undecidedTasks: () => past.undecidedTasks,
    gaveTwoOutputs: () => past.gaveTwoOutputs,
  };
  const early = describeOffer(deps, { task, state, admission }, { funds, strikes: await strikesOf(place, task, admission) });
  return spec === undefined ? early : { ...early, spec, freeDiskBytes, runs: past.runs };
}

/** What the journal remembers; nothing where there is none. */
function pastOf(config: RunnerConfig, { task, spec }: { task: Task; spec: JobSpec | undefined }) {
  const path = join(config.directory, "journal.sqlite");
  const journal = existsSync(path) ? new Journal(path, "read-only") : undefined;
  try {
    const checks = journal ?? { selfCheck: () => undefined };
    return {
      undecidedTasks: journal?.undecidedTasks(task.submitter, Date.now() - 7 * 86_400_000) ?? 0,
      gaveTwoOutputs: checks.selfCheck(task.terms.jobHash) === "differs",
      runs: spec && needsSelfCheck({ mode: config.selfCheck, checks, spec }) ? 2 : 1,
    };
  } finally {
    journal?.close();
  }
}
