import { join } from "node:path";
import { sweepLeftovers } from "@parity-protocol/sandbox";
import { type Address, defaultLimits } from "@parity-protocol/sdk";
import { type Assembled, assemble } from "./assemble.ts";
import { allowBonds } from "./chain/bond-allowance.ts";
import { type FollowOptions, followChain } from "./chain/follow-chain.ts";
import type { RunnerConfig } from "./config.ts";
import { removePartialOutputs, sweepOutputs } from "./execution/sweep-outputs.ts";
import { type Ground, standOn } from "./ground.ts";
import { Journal } from "./journal/journal.ts";
import { lockDirectory } from "./journal/lock-directory.ts";
import { exposedFiles } from "./keys/load-key.ts";
import type { RunnerPorts } from "./ports.ts";
import { createLog, type RunnerLog } from "./telemetry/log.ts";
import { createMetrics } from "./telemetry/metrics.ts";
import { serveMetrics } from "./telemetry/serve-metrics.ts";

/** A runner at work. */
export interface StartedRunner {
  address: Address;
  payee: Address;
  /** The loopback port of /metrics and /healthz, where they are served. */
  metricsPort?: number;
  /** Finishes or parks the work within the configured time and releases everything. May be called twice. */
  stop(): Promise<void>;
  /** Ends when the runner has stopped. */
  done: Promise<void>;
}

/** What is over is remembered so long: longer than any chain is reorganised, or a submitter's record matters. */
const rememberedMs = 30 * 86_400_000;
/** Money can come while the chain stands still. */
const gasCheckMs = 5_000;
const outputSweepMs = 3_600_000;

/**
 * Starts a runner and returns once it follows the chain. It works until it is stopped; whatever fails meanwhile is waited out.
 * @throws RUNNER_DIRECTORY_IN_USE, KEYSTORE_INVALID, KEYSTORE_PASSWORD_WRONG, JOURNAL_CORRUPT and the other codes of the journal;
 * ENGINE_UNREACHABLE, RPC_UNREACHABLE, NO_CODE_AT_ESCROW, NOT_AN_ESCROW, METRICS_PORT_UNUSABLE
 */
export async function startRunner(config: RunnerConfig, ports: Partial<RunnerPorts> = {}): Promise<StartedRunner> {
  const undo = new Undo();
  try {
    return await start(config, ports, undo);
  } catch (error) {
    // The first failure says more than what came of it.
    await undo.run().catch(() => undefined);
    throw error;
  }
}

async function start(config: RunnerConfig, ports: Partial<RunnerPorts>, undo: Undo): Promise<StartedRunner> {
  undo.add(lockDirectory(config.directory));
  const metrics = createMetrics();
  const ground = await standOn(config, (endpoint, kind) => metrics.rpcErrors.inc({ endpoint, kind }));
  const { account, escrow } = ground;
  const ownLog = createLog(config.logLevel, { runner: account.address });
  const log = ports.log?.(ownLog) ?? ownLog;
  const exposed = await exposedFiles(config.key);
  if (exposed.length > 0) log.warn({ files: exposed, hint: "chmod 600" }, "Key files can be read by others");
  const allowance = config.bondAllowanceWei === undefined ? {} : { allowanceWei: config.bondAllowanceWei };
  await allowBonds({ ...allowance, client: ground.client, account, escrow: escrow.address, asset: escrow.asset, log });
  const owner = { chainId: escrow.chainId, escrow: escrow.address, runner: account.address };
  const journal = new Journal(join(config.directory, "journal.sqlite"), owner);
  undo.add(() => journal.close());
  const assembled = assemble({ config, ports, ground, journal, log, metrics });
  undo.add(assembled.stopSending);
  await assembled.gas.refresh();
  const refuelling = setInterval(() => void assembled.gas.refresh(), gasCheckMs);
  undo.add(() => clearInterval(refuelling));
  await sweep(assembled, { ground, journal, log, undo });
  const metricsPort = await offerMetrics(config, assembled, undo);
  undo.add(() => assembled.images.trim());
  await follow({ config, ground, journal, undo }, assembled);
  const payee = config.payee ?? account.address;
  log.info({ payee, chainId: escrow.chainId, escrow: escrow.address }, "Runner started");
  const stop = once(async () => {
    log.info({ tasks: assembled.lives.count }, "Runner stopping");
    await undo.run();
    log.info({}, "Runner stopped");
  });
  return { address: account.address, payee, ...(metricsPort === undefined ? {} : { metricsPort }), stop: stop.run, done: stop.done };
}

interface Premises {
  ground: Ground;
  journal: Journal;
  log: RunnerLog;
  undo: Undo;
}

/** Removes what a crash left in the engine and on the disk, and old outputs; outputs again every hour. */
async function sweep({ outputsDirectory, executor }: Assembled, { ground, journal, log, undo }: Premises): Promise<void> {
  const { containers, volumes } = await sweepLeftovers(ground.engine, { owner: ground.owner });
  if (containers + volumes > 0) log.warn({ containers, volumes }, "Leftovers of a crash removed");
  executor.stock(defaultLimits);
  const sweepNow = async () => {
    await sweepOutputs(outputsDirectory, journal);
    journal.compact(Date.now() - rememberedMs);
  };
  await removePartialOutputs(outputsDirectory);
  await sweepNow();
  const timer = setInterval(
    () => void sweepNow().catch((error) => log.warn({ error: String(error) }, "Old outputs were not removed")),
    outputSweepMs,
  );
  undo.add(() => clearInterval(timer));
}

async function offerMetrics(config: RunnerConfig, { lives, metrics, status }: Assembled, undo: Undo): Promise<number | undefined> {
  if (config.metricsPort === undefined) return undefined;
  const server = await serveMetrics(config.metricsPort, { registry: metrics.registry, isHealthy: () => lives.isFollowing, status });
  undo.add(() => server.close());
  return server.port;
}

/** Begins to follow the chain and waits for the first head. Undone in reverse: the lives end first, then the following. */
async function follow(
  { config, ground, journal, undo }: Omit<Premises, "log"> & { config: RunnerConfig },
  { lives, executor }: Assembled,
): Promise<void> {
  const { client, endpoints, escrow, pollMs } = ground;
  const abort = new AbortController();
  const cursor = journal.cursor();
  // What was done in blocks that were not followed may have been taken back meanwhile, and nobody would tell.
  journal.revive((cursor?.blockNumber ?? -1n) + 1n);
  const place = { chainId: escrow.chainId, escrow: escrow.address, fromBlock: config.fromBlock };
  const options: FollowOptions = {
    ...place,
    client,
    hasSeveralEndpoints: endpoints.each.length > 1,
    pollMs: () => lives.pollMs(pollMs),
    signal: abort.signal,
    ...(cursor ? { cursor } : {}),
  };
  const following = followChain(options, lives);
  undo.add(async () => {
    abort.abort();
    await following;
    await executor.discardAll();
  });
  undo.add(() => lives.stop(config.stopSeconds * 1_000));
  await lives.firstHead;
}

/** Undoes what was set up, the last thing first, and all of it whatever fails. */
class Undo {
  readonly #steps: (() => unknown)[] = [];

  add(step: () => unknown): void {
    this.#steps.push(step);
  }

  async run(): Promise<void> {
    const failures: unknown[] = [];
    for (const step of this.#steps.splice(0).reverse())
      try {
        await step();
      } catch (error) {
        failures.push(error);
      }
    if (failures.length > 0) throw failures[0];
  }
}

/** Runs something the first time it is asked for; `done` ends with it. */
function once(act: () => Promise<void>): { run: () => Promise<void>; done: Promise<void> } {
  const { promise: done, resolve, reject } = Promise.withResolvers<void>();
  let begun = false;
  const run = () => {
    if (!begun) act().then(resolve, reject);
    begun = true;
    return done;
  };
  return { run, done };
}
