/** The runner: takes tasks, runs them, commits, reveals and is paid. The only barrel of this room. */
export type { ChainSender, SentStep, StepCall } from "./chain/sender.ts";
export { type HostBounds, type KeySource, loadRunnerConfig, loadStatusPlace, type RunnerConfig } from "./config.ts";
export type { ExecuteJob, Job } from "./execution/executor.ts";
export { ownerOf } from "./ground.ts";
export { backUpJournal } from "./journal/back-up.ts";
export { type DoneReason, nextStep, type Situation, type Step, type Verb, type WaitReason } from "./lifecycle/next-step.ts";
export { assessTask, type Finding, type PolicyRules, type Reason, type Refusal, type TaskOffer } from "./policy/assess-task.ts";
export { type Explanation, explainTask } from "./policy/explain-task.ts";
export type { RunnerPorts } from "./ports.ts";
export { type StartedRunner, startRunner } from "./start-runner.ts";
export type { RunnerLog } from "./telemetry/log.ts";
export { readStatus } from "./telemetry/read-status.ts";
export type { NotReady, RunnerStatus, TaskStatus } from "./telemetry/status.ts";
