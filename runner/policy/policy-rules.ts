import type { Address, JobSpec, Task, TaskState } from "@parity-protocol/sdk";
import type { HostBounds } from "../config.ts";

/** What the operator allows. */
export interface PolicyRules {
  allowsOpenTasks: boolean;
  /** Gates whose tasks are taken; any where absent. */
  gates?: readonly Address[];
  /** Submitters whose tasks are taken; any where absent. */
  allowedSubmitters?: readonly Address[];
  deniedSubmitters: readonly Address[];
  /** How many of a submitter's tasks may have come to nothing lately; any number where absent. */
  maxUndecidedTasks?: number;
  minShareWei: bigint;
  /** What a second of one CPU must earn, in the asset's smallest unit, after gas; where absent, nobody asks what a task costs. */
  cpuSecondPriceWei?: bigint;
  /** Determinism levels whose jobs are run; any that the engine can run where absent. */
  levels?: readonly string[];
  host: HostBounds;
  /** What must stay free on the disk of the runner's directory, bytes. */
  minFreeDiskBytes?: number;
  /** The platform that the engine runs, for example linux/amd64. */
  platform: string;
  /** CPUs that the engine has. */
  cpus: number;
  sendMarginSeconds: number;
}

/** What is known about a task when it is assessed. */
export interface TaskOffer {
  task: Task;
  state: TaskState;
  /** Unix seconds by the chain's clock. */
  now: number;
  runner: Address;
  /** Strikes of the runner's identity in the task's scope. */
  strikes: number;
  /** Whether the gate admits the runner; undefined until it was asked. */
  isAdmitted?: boolean;
  /** Tasks of this submitter that this runner committed to and that came to nothing lately. */
  undecidedTasks?: number;
  /** Whether this job was run twice before and gave two outputs. */
  gaveTwoOutputs?: boolean;
  /** How often the job is run before a commitment; once where absent. */
  runs?: number;
  /** What the runner could pay a bond with, in the escrow's asset. */
  bondBalanceWei: bigint;
  /** The chain's currency that is left for gas once the bond is paid. */
  gasBalanceWei: bigint;
  /** What the steps of this task and of those in hand may cost. */
  gasNeededWei: bigint;
  /** What this task's gas costs, in the asset's smallest unit; undefined where the two cannot be compared. */
  gasCostInAsset?: bigint;
  /** Free on the disk of the runner's directory and not promised to a job in hand, bytes; undefined until it was read. */
  freeDiskBytes?: number;
  /** The job; undefined until it was fetched and verified. */
  spec?: JobSpec;
}

/** Why a task is not taken. Stable words. */
export type Refusal =
  | "open-task"
  | "gate-not-allowed"
  | "gate-refuses"
  | "submitter-denied"
  | "submitter-not-allowed"
  | "submitter-undecided"
  | "own-task"
  | "strikes"
  | "share-too-small"
  | "bond-not-covered"
  | "gas-not-covered"
  | "not-profitable"
  | "gave-two-outputs"
  | "time-too-short"
  | "platform"
  | "level"
  | "cpus"
  | "memory"
  | "disk-not-free"
  | "archive-too-large"
  | "input-too-large"
  | "output-too-large"
  | "scratch-too-large"
  | "timeout-too-long";

/** What one rule found, whether it is met or not. */
export interface Finding {
  /** What the rule refuses with. */
  rule: Refusal;
  isMet: boolean;
  /** One sentence for people, with the values. */
  because: string;
}

/** A refusal with the values that led to it. */
export interface Reason {
  refusal: Refusal;
  because: string;
}

/** Refusals that pass by themselves: money comes, a disk is tidied. */
export const passingRefusals: readonly string[] = ["gas-not-covered", "disk-not-free"] satisfies Refusal[];
