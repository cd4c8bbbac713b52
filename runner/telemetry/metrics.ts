import { Counter, Gauge, Histogram, Registry } from "prom-client";

/** What a runner counts. Units stand in the names. */
export interface RunnerMetrics {
  registry: Registry;
  steps: Counter<"verb" | "outcome">;
  tasksDone: Counter<"why">;
  tasksInPlay: Gauge;
  executionSeconds: Histogram;
  stepSeconds: Histogram<"verb">;
  gasUsed: Counter<"verb">;
  feesWei: Counter;
  rpcFaults: Counter;
  rpcErrors: Counter<"endpoint" | "kind">;
  rpcDisagreements: Counter;
  staleHeads: Counter;
  selfChecks: Counter<"outcome">;
  earnedWei: Counter;
  tasksHeld: Gauge<"step">;
  freeSlots: Gauge;
  freeDiskBytes: Gauge;
  headAgeSeconds: Gauge;
  isReady: Gauge;
  headBlock: Gauge;
  gasBalanceWei: Gauge;
  gasNeededWei: Gauge;
  isGasShort: Gauge;
  transactions: Counter<"outcome">;
  batchedSteps: Counter;
}

/** Makes the metrics of one runner, in a registry of its own. */
export function createMetrics(): RunnerMetrics {
  const registry = new Registry();
  const registers = [registry];
  const prefix = "parity_runner_";
  const counter = <T extends string>(name: string, help: string, labelNames: T[] = []) =>
    new Counter({ name: `${prefix}${name}`, help, labelNames, registers });
  const gauge = <T extends string>(name: string, help: string, labelNames: T[] = []) =>
    new Gauge({ name: `${prefix}${name}`, help, labelNames, registers });
  const histogram = <T extends string>(name: string, help: string, labelNames: T[] = []) =>
    new Histogram({
      name: `${prefix}${name}`,
      help,
      labelNames,
      registers,
      buckets: [0.02, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 15, 60, 300, 1800],
    });
  return {
    registry,
    steps: counter("steps_total", "Steps taken, by verb and outcome.", ["verb", "outcome"]),
    tasksDone: counter("tasks_done_total", "Tasks that nothing is left to do about, by reason.", ["why"]),
    tasksInPlay: gauge("tasks_in_play", "Tasks that something is left to do about."),
    executionSeconds: histogram("execution_seconds", "Time that jobs ran."),
    stepSeconds: histogram("step_seconds", "Time that steps took, by verb.", ["verb"]),
    gasUsed: counter("gas_used_total", "Gas used by mined transactions, by verb.", ["verb"]),
    feesWei: counter("fees_wei_total", "Wei paid for mined transactions."),
    rpcFaults: counter("rpc_faults_total", "Polls of the chain that failed."),
    rpcErrors: counter("rpc_errors_total", "Requests that an endpoint failed or was spared, by endpoint and kind.", ["endpoint", "kind"]),
    rpcDisagreements: counter("rpc_disagreements_total", "Times that endpoints contradicted each other about a step."),
    staleHeads: counter("stale_heads_total", "Heads that an endpoint showed again after newer ones."),
    selfChecks: counter("self_checks_total", "Jobs that were run twice before a commitment, by outcome.", ["outcome"]),
    earnedWei: counter("earned_wei_total", "What its slots were paid besides their bonds, in the asset's smallest unit."),
    tasksHeld: gauge("tasks_held", "Tasks in hand, by the step that they are at or what they wait for.", ["step"]),
    freeSlots: gauge("free_slots", "Jobs that could start now."),
    freeDiskBytes: gauge("free_disk_bytes", "Free on the directory's disk and promised to no job."),
    headAgeSeconds: gauge("head_age_seconds", "Time since the chain was last read: how far behind the head it may be."),
    isReady: gauge("ready", "1 while the runner can take tasks."),
    headBlock: gauge("head_block", "Number of the newest block that was followed."),
    gasBalanceWei: gauge("gas_balance_wei", "The chain's currency that the account holds."),
    gasNeededWei: gauge("gas_needed_wei", "What the tasks in hand may still cost, to their end."),
    isGasShort: gauge("gas_short", "1 while nothing is reserved because too little is left for gas."),
    transactions: counter("transactions_total", "Transactions, by outcome: mined, or replaced by one that pays more.", ["outcome"]),
    batchedSteps: counter("batched_steps_total", "Steps that shared a transaction with others."),
  };
}
