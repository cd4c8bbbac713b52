import type { Address } from "@parity-protocol/sdk";
import type { Client } from "viem";
import type { BlockPace } from "../chain/block-pace.ts";
import type { ChainClock } from "../chain/chain-clock.ts";
import type { Endpoints } from "../chain/endpoints.ts";
import type { GasTank } from "../chain/gas-tank.ts";
import type { ChainSender } from "../chain/sender.ts";
import type { RunnerStores } from "../execution/blob-sources.ts";
import type { Capacity } from "../execution/capacity.ts";
import type { Executor } from "../execution/executor.ts";
import type { Journal } from "../journal/journal.ts";
import type { AssessDeps } from "../policy/assess.ts";
import type { RunnerLog } from "../telemetry/log.ts";
import type { RunnerMetrics } from "../telemetry/metrics.ts";
import type { Lanes } from "./lanes.ts";
import type { Openings } from "./openings.ts";

/** What the lives of all tasks of a runner share. */
export interface LifeDeps {
  client: Client;
  endpoints: Endpoints;
  escrow: Address;
  /** The escrow's asset; the zero address for the chain's native currency. */
  asset: Address;
  runner: Address;
  payee: Address;
  /** Blocks on top of a close before a reveal. */
  confirmations: number;
  marginSeconds: number;
  claimsMismatches: boolean;
  clock: ChainClock;
  pace: BlockPace;
  /** Whether blocks come by themselves, so that their pace says when the next one comes. */
  hasSteadyBlocks: boolean;
  gas: GasTank;
  journal: Journal;
  sender: ChainSender;
  openings: Openings;
  executor: Executor;
  capacity: Capacity;
  stores: RunnerStores;
  assessing: AssessDeps;
  /** How many tasks are assessed at a time: posting tasks is cheap, fetching for them is not. */
  assessmentLanes: Lanes;
  log: RunnerLog;
  metrics: RunnerMetrics;
}
