import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { checkLevel } from "@parity-protocol/sandbox";
import type { JobSpec } from "@parity-protocol/sdk";
import { folderStore } from "@parity-protocol/store";
import { createChainClock } from "./chain/chain-clock.ts";
import { FeePolicy } from "./chain/fees.ts";
import { createSender } from "./chain/sender.ts";
import type { RunnerConfig } from "./config.ts";
import { createStores } from "./execution/blob-sources.ts";
import { Capacity } from "./execution/capacity.ts";
import { Executor, executeJob } from "./execution/executor.ts";
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
import type { RunnerPorts } from "./ports.ts";
import type { RunnerLog } from "./telemetry/log.ts";
import { createMetrics, type RunnerMetrics } from "./telemetry/metrics.ts";

/** What a runner is put together from. */
export interface Parts {
  config: RunnerConfig;
  ports: Partial<RunnerPorts>;
  ground: Ground;
  journal: Journal;
  log: RunnerLog;
}

/** A runner that does not follow the chain yet. */
export interface Assembled {
  lives: TaskLives;
  executor: Executor;
  images: ImageCache;
  metrics: RunnerMetrics;
  outputsDirectory: string;
}

/** Reserve, commit, reveal and claim of one task, with room to spare. */
const gasOfTask = 400_000n;
const assessmentsAtOnce = 8;

/** Puts a runner together. Nothing happens yet. */
export function assemble(parts: Parts): Assembled {
  const { config, ports, ground, journal } = parts;
  const metrics = createMetrics();
  // A cache can be fetched again: what a power cut tears is found by its hash.
  const folder = folderStore(join(config.directory, "cache"), { isDurable: false, maxBytes: config.cacheBytes });
  const cache = new JobCache(folder);
  const images = new ImageCache(ground.engine, folder, journal);
  const outputsDirectory = join(config.directory, "outputs");
  mkdirSync(outputsDirectory, { recursive: true, mode: 0o700 });
  const execute = ports.execute?.(executeJob) ?? executeJob;
  const executor = new Executor({ engine: ground.engine, images, cache: folder, execute, outputsDirectory, owner: ground.owner });
  const { cpus } = ground.engine;
  const memoryBytes = Math.min(config.host.memoryBytes, ground.engine.memoryBytes);
  const capacity = new Capacity({ concurrency: config.host.concurrency, cpus, memoryBytes });
  const baseFee = () => lives.head?.baseFeePerGasWei ?? 0n;
  const gasNeededWei = () => BigInt(lives.taken + 1) * gasOfTask * 2n * baseFee();
  const stores = createStores(config);
  const clock = createChainClock(ports.monotonicMs);
  const assessing = assessDeps(parts, { stores, cache, images, now: () => clock.now(), gasNeededWei });
  const shared = { clock, executor, capacity, stores, assessing, metrics };
  const lives: TaskLives = new TaskLives({ ...shared, ...chainDeps(parts, baseFee), ...ownDeps(parts) }, config.fromBlock);
  return { lives, executor, images, metrics, outputsDirectory };
}

type Assessed = Pick<AssessDeps, "stores" | "cache" | "images" | "now" | "gasNeededWei">;

function assessDeps({ config, ground }: Parts, rest: Assessed): AssessDeps {
  const { client, escrow, account, engine } = ground;
  const rules = { ...config, platform: engine.platform, cpus: engine.cpus };
  return {
    ...rest,
    checkLevel: (spec: JobSpec) => checkLevel(engine, spec),
    client,
    escrow: escrow.address,
    asset: escrow.asset,
    runner: account.address,
    rules,
    proofs: proofsOfTokens(config.gateTokens),
  };
}

function chainDeps({ config, ports, ground, journal }: Parts, baseFeePerGasWei: () => bigint): Pick<LifeDeps, "sender" | "openings"> {
  const { client, account, privateKey, pollMs } = ground;
  const { chainId, address } = ground.escrow;
  const fees = new FeePolicy(client, config.maxFeePerGasWei);
  const sender = createSender({ client, account, chainId, escrow: address, journal, fees, baseFeePerGasWei, pollMs });
  return { sender: ports.sender?.(sender) ?? sender, openings: createOpenings({ privateKey, chainId, escrow: address }) };
}

type Own = Omit<LifeDeps, "sender" | "openings" | "clock" | "executor" | "capacity" | "stores" | "assessing" | "metrics">;

function ownDeps({ config, ground, journal, log }: Parts): Own {
  const { client, escrow, account, confirmations } = ground;
  const own: Own = {
    client,
    escrow: escrow.address,
    asset: escrow.asset,
    runner: account.address,
    payee: config.payee ?? account.address,
    confirmations,
    marginSeconds: config.sendMarginSeconds,
    claimsMismatches: config.claimsMismatches,
    journal,
    assessmentLanes: new Lanes(assessmentsAtOnce),
    log,
  };
  return config.storeToken === undefined ? own : { ...own, storeToken: config.storeToken };
}
