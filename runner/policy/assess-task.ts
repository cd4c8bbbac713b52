import { type Address, type JobSpec, maxStrikes, type Task, type TaskState, zeroAddress } from "@parity-protocol/sdk";
import type { HostBounds } from "../config.ts";

/** What the operator allows. */
export interface PolicyRules {
  allowsOpenTasks: boolean;
  /** Gates whose tasks are taken; any where absent. */
  gates?: readonly Address[];
  deniedSubmitters: readonly Address[];
  minShareWei: bigint;
  host: HostBounds;
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
  /** What the runner could pay a bond with, in the escrow's asset. */
  bondBalanceWei: bigint;
  /** The chain's currency that is left for gas once the bond is paid. */
  gasBalanceWei: bigint;
  /** What the steps of this task and of those in hand may cost. */
  gasNeededWei: bigint;
  /** The job; undefined until it was fetched and verified. */
  spec?: JobSpec;
}

/** Why a task is not taken. Stable words. */
export type Refusal =
  | "open-task"
  | "gate-not-allowed"
  | "gate-refuses"
  | "submitter-denied"
  | "own-task"
  | "strikes"
  | "share-too-small"
  | "bond-not-covered"
  | "gas-not-covered"
  | "time-too-short"
  | "platform"
  | "cpus"
  | "memory"
  | "archive-too-large"
  | "input-too-large"
  | "output-too-large"
  | "scratch-too-large"
  | "timeout-too-long";

/** A refusal with the values that led to it. */
export interface Reason {
  refusal: Refusal;
  /** One sentence for people, with the values. */
  because: string;
}

/**
 * Lists the reasons not to take a task; none means that it may be taken. Called with what is known so far: first without the job,
 * so that nothing is fetched for a task that is refused anyway, and again with it.
 */
export function assessTask(offer: TaskOffer, rules: PolicyRules): Reason[] {
  const reasons = [...aboutGate(offer, rules), ...aboutSubmitter(offer, rules), ...aboutMoney(offer, rules)];
  if (offer.spec) reasons.push(...aboutTime(offer, offer.spec, rules), ...aboutHost(offer.spec, rules));
  return reasons;
}

const sentence = (refusal: Refusal, because: string): Reason => ({ refusal, because });

function includes(addresses: readonly Address[], address: Address): boolean {
  return addresses.some((other) => other.toLowerCase() === address.toLowerCase());
}

function* aboutGate({ task, isAdmitted }: TaskOffer, rules: PolicyRules): Iterable<Reason> {
  const { gate } = task.terms;
  if (gate === zeroAddress) {
    if (!rules.allowsOpenTasks)
      yield sentence("open-task", "Anyone can fill an open task's committee; RUNNER_ALLOW_OPEN_TASKS is not set.");
    return;
  }
  if (rules.gates && !includes(rules.gates, gate)) yield sentence("gate-not-allowed", `The gate ${gate} is not in RUNNER_GATES.`);
  if (isAdmitted === false) yield sentence("gate-refuses", `The gate ${gate} does not admit this runner.`);
}

function* aboutSubmitter({ task, runner, strikes }: TaskOffer, rules: PolicyRules): Iterable<Reason> {
  const { submitter } = task;
  if (includes([runner], submitter)) yield sentence("own-task", "A submitter cannot take a slot in its own task.");
  if (includes(rules.deniedSubmitters, submitter)) yield sentence("submitter-denied", `${submitter} is in RUNNER_DENIED_SUBMITTERS.`);
  if (strikes >= maxStrikes)
    yield sentence("strikes", `This identity has ${strikes} strikes in the task's scope, and ${maxStrikes} refuse it.`);
}

function* aboutMoney(offer: TaskOffer, { minShareWei }: PolicyRules): Iterable<Reason> {
  const { task, bondBalanceWei, gasBalanceWei, gasNeededWei } = offer;
  const { bountyWei, bondWei, slots } = task.terms;
  const shareWei = bountyWei / BigInt(slots);
  if (shareWei < minShareWei) yield sentence("share-too-small", `A share is ${shareWei}, less than RUNNER_MIN_SHARE_WEI, ${minShareWei}.`);
  if (bondWei > bondBalanceWei) yield sentence("bond-not-covered", `The bond is ${bondWei}; this runner can pay ${bondBalanceWei}.`);
  // A slot that is taken and cannot be paid for to the end is a strike, here or in a task that is in hand already.
  if (gasBalanceWei < gasNeededWei)
    yield sentence("gas-not-covered", `${gasBalanceWei} wei are left for gas; the tasks in hand and this one may need ${gasNeededWei}.`);
}

/** A slot that cannot be filled in time is a strike: the job must be able to use all of its time and still be committed. */
function* aboutTime({ state, now }: TaskOffer, { limits }: JobSpec, rules: PolicyRules): Iterable<Reason> {
  const left = state.closesAt - now;
  const needed = limits.timeoutSeconds + rules.sendMarginSeconds;
  if (left < needed) yield sentence("time-too-short", `${left} s are left to commit; the job may take ${needed} s with sending.`);
}

function* aboutHost({ image, input, limits }: JobSpec, { host, platform, cpus }: PolicyRules): Iterable<Reason> {
  const inputBytes = input.reduce((sum, file) => sum + file.bytes, 0);
  if (image.platform !== platform) yield sentence("platform", `The image is for ${image.platform}; this engine runs ${platform}.`);
  if (limits.cpus > cpus) yield sentence("cpus", `The job sees ${limits.cpus} CPUs; the engine has ${cpus}.`);
  const bounds: [Refusal, number, number][] = [
    ["memory", limits.memoryBytes, host.memoryBytes],
    ["archive-too-large", image.bytes, host.archiveBytes],
    ["input-too-large", inputBytes, host.inputBytes],
    ["output-too-large", limits.outputBytes, host.outputBytes],
    ["scratch-too-large", limits.scratchBytes, host.scratchBytes],
    ["timeout-too-long", limits.timeoutSeconds, host.timeoutSeconds],
  ];
  for (const [refusal, asked, allowed] of bounds)
    if (asked > allowed) yield sentence(refusal, `The job asks for ${asked}; this runner allows ${allowed}.`);
}
