import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { checkLevel } from "@parity-protocol/sandbox";
import type { JobSpec } from "@parity-protocol/sdk";
import { folderStore } from "@parity-protocol/store";
import { BlockPace } from "./chain/block-pace.ts";
import { type ChainClock, createChainClock } from "./chain/chain-clock.ts";
import { FeePolicy } from "./chain/fees.ts";
import { GasTank } from "./chain/gas-tank.ts";
import { createSender, type SenderDeps } from "./chain/sender.ts";
import type { RunnerConfig } from "./config.ts";
import { createStores, registriesOf, signerOf } from "./execution/blob-sources.ts";
import { Capacity } from "./execution/capacity.ts";
import { Executor, executeJob } from "./execution/executor.ts";
import { freeBytesOf } from "./execution/free-disk.ts";
import { ImageCache } from "./execution/image-cache.ts";
import { JobCache } from "./execution/job-cache.ts";
import type { Ground } from "./ground.ts";
import type { Journal } from "./journal/journal.ts";
import { Lanes } from "./lifecycle/lanes.ts";
import type { LifeDeps } from "./lifecycle/life-deps.ts";
import { createOpenings } from "./lifecycle/openings.ts";
import { TaskLives } from "./lifecycle/task-lives.ts";
import { proofsOfTokens } from "./policy/ask-gate.ts";
import type { AssessDeps } from "./policy/assess.ts";
import { needsSelfCheck } from "./policy/self-check.ts";
import type { RunnerPorts } from "./ports.ts";
import { describeStatus, showStatus } from "./telemetry/describe-status.ts";
import type { RunnerLog } from "./telemetry/log.ts";
import type { RunnerMetrics } from "./telemetry/metrics.ts";
import type { RunnerStatus } from "./telemetry/status.ts";

/** What a runner is put together from. */
export interface Parts {
  config: RunnerConfig;
  ports: Partial<RunnerPorts>;
  ground: Ground;
  journal: Journal;
  log: RunnerLog;
  metrics: RunnerMetrics;
}

/** A runner that does not follow the chain yet. */
export interface Assembled {
  lives: TaskLives;
  executor: Executor;
  images: ImageCache;
  metrics: RunnerMetrics;
  gas: GasTank;
  outputsDirectory: string;
  /** What the runner says of itself; brings the gauges up to date. */
  status: () => Promise<RunnerStatus>;
  /** Ends the watching of transactions; the journal knows of those on their way. */
  stopSending: () => void;
}

const assessmentsAtOnce = 8;
/** Each is an idle process of the engine's. */
const mostSpareCells = 4;

/** Puts a runner together. Nothing happens yet. */
export function assemble(parts: Parts): Assembled {
  const { config, ports, ground, journal, metrics } = parts;
  // A cache can be fetched again: what a power cut tears is found by its hash.
  const folder = folderStore(join(config.directory, "cache"), { isDurable: false, maxBytes: config.cacheBytes });
  const cache = new JobCache(folder, registriesOf(config));
  const images = new ImageCache(ground.engine, folder, { journal, maxBytes: config.imageCacheBytes });
  const outputsDirectory = join(config.directory, "outputs");
  mkdirSync(outputsDirectory, { recursive: true, mode: 0o700 });
  const execute = ports.execute?.(executeJob) ?? executeJob;
  const spareCells = Math.min(config.host.concurrency, mostSpareCells);
  const { engine, owner } = ground;
  const executor = new Executor({ engine, images, cache: folder, execute, outputsDirectory, owner, spareCells });
  const { cpus } = ground.engine;
  const memoryBytes = Math.min(config.host.memoryBytes, ground.engine.memoryBytes);
  const capacity = new Capacity({ concurrency: config.host.concurrency, cpus, memoryBytes });
  const baseFee = () => lives.head?.baseFeePerGasWei ?? 0n;
  const stores = createStores({ ...config, signer: signerOf(ground) });
  const clock = createChainClock(ports.monotonicMs);
  const sending = new AbortController();
  const money = spending(parts, { metrics, clock, baseFee, signal: sending.signal, lives: () => lives });
  const assessing = assessDeps(parts, { stores, cache, images, now: () => clock.now(), gas: money.gas, capacity });
  const shared = { clock, executor, capacity, stores, assessing, metrics };
  const lives: TaskLives = new TaskLives({ ...shared, ...money, ...ownDeps(parts) }, config.fromBlock);
  const { account, escrow } = ground;
  const identity = { runner: account.address, escrow: escrow.address, chainId: escrow.chainId, payee: config.payee ?? account.address };
  const { freeDiskBytes } = assessing;
  const parted = { identity, lives, gas: money.gas, capacity, journal, now: () => clock.now(), freeDiskBytes };
  const status = async () => {
    const said = await describeStatus({ ...parted, minFreeDiskBytes: config.minFreeDiskBytes });
    showStatus(metrics, said);
    return said;
  };
  return { status, lives, executor, images, metrics, gas: money.gas, outputsDirectory, stopSending: () => sending.abort() };
}

type Assessed = Pick<AssessDeps, "stores" | "cache" | "images" | "now"> & { gas: GasTank; capacity: Capacity };

/** Tasks that came to nothing are held against a submitter for so long. */
const rememberedMs = 7 * 86_400_000;

function assessDeps({ config, ground, journal }: Parts, { gas, capacity, ...rest }: Assessed): AssessDeps {
  const { client, escrow, account, engine } = ground;
  const rules = { ...config, platform: engine.platform, cpus: engine.cpus };
  return {
    ...rest,
    ...(config.nativeInAsset === undefined ? {} : { nativeInAsset: config.nativeInAsset }),
    gasNeededWei: () => gas.oneMoreWei,
    gasCostWei: () => gas.usualCostWei,
    runsOf: (spec) => (needsSelfCheck({ mode: config.selfCheck, checks: journal, spec }) ? 2 : 1),
    gaveTwoOutputs: (jobHash) => journal.selfCheck(jobHash) === "differs",
    undecidedTasks: (submitter) => journal.undecidedTasks(submitter, Date.now() - rememberedMs),
    freeDiskBytes: async () => (await freeBytesOf(config.directory)) - capacity.promisedDiskBytes,
    checkLevel: (spec: JobSpec) => checkLevel(engine, spec),
    client,
    escrow: escrow.address,
    asset: escrow.asset,
    runner: account.address,
    rules,
    proofs: proofsOfTokens(config.gateTokens),
  };
}

interface SpendingParts {
  metrics: RunnerMetrics;
  clock: ChainClock;
  baseFee: () => bigint;
  signal: AbortSignal;
  lives: () => TaskLives;
}

/** What costs gas, and what watches over it. */
function spending(
  parts: Parts,
  { metrics, clock, baseFee, signal, lives }: SpendingParts,
): Pick<LifeDeps, "sender" | "openings" | "pace" | "gas"> {
  const { config, ports, ground, journal, log } = parts;
  const { client, endpoints, account, privateKey, pollMs } = ground;
  const { chainId, address } = ground.escrow;
  const fees = new FeePolicy(client, config.maxFeePerGasWei);
  const pace = new BlockPace();
  const sender = createSender({
    client,
    endpoints,
    account,
    chainId,
    escrow: address,
    journal,
    fees,
    pollMs,
    signal,
    baseFeePerGasWei: baseFee,
    reorganisations: () => lives().reorganisations,
    leftUntil: (deadline) => ({ blocks: pace.blocksUntil(deadline, clock.now()), ms: clock.msUntil(deadline) }),
    ...counting(metrics, lives),
  });
  const gas = new GasTank({
    client,
    runner: account.address,
    log,
    metrics,
    priceWei: () => fees.expectWei(baseFee()),
    usualPriceWei: () => fees.likelyWei(baseFee()),
    gasAhead: () => lives().gasAhead,
    onRefilled: () => lives().wakeAll(),
  });
  return { sender: ports.sender?.(sender) ?? sender, openings: createOpenings({ privateKey, chainId, escrow: address }), pace, gas };
}

function counting(
  { feesWei, transactions, batchedSteps }: RunnerMetrics,
  lives: () => TaskLives,
): Required<Pick<SenderDeps, "onMined" | "onReplaced">> {
  return {
    onMined: ({ steps }, mined) => {
      lives().noteMined(mined);
      feesWei.inc(Number(mined.feeWei));
      transactions.inc({ outcome: "mined" });
      if (steps.length > 1) batchedSteps.inc(steps.length);
    },
    onReplaced: () => transactions.inc({ outcome: "replaced" }),
  };
}

type Own = Omit<LifeDeps, "sender" | "openings" | "pace" | "gas" | "clock" | "executor" | "capacity" | "stores" | "assessing" | "metrics">;

function ownDeps({ config, ground, journal, log }: Parts): Own {
  const { client, endpoints, escrow, account, confirmations, hasSteadyBlocks } = ground;
  return {
    client,
    endpoints,
    escrow: escrow.address,
    asset: escrow.asset,
    runner: account.address,
    payee: config.payee ?? account.address,
    confirmations,
    hasSteadyBlocks,
    marginSeconds: config.sendMarginSeconds,
    claimsMismatches: config.claimsMismatches,
    journal,
    assessmentLanes: new Lanes(assessmentsAtOnce),
    log,
  };
}
