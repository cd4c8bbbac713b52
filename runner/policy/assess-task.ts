import { type Address, type JobSpec, maxStrikes, zeroAddress } from "@parity-protocol/sdk";
import type { Finding, PolicyRules, Reason, Refusal, TaskOffer } from "./policy-rules.ts";
import { profitOf } from "./profit.ts";

export type { Finding, PolicyRules, Reason, Refusal, TaskOffer } from "./policy-rules.ts";

/**
 * Lists the reasons not to take a task; none means that it may be taken. Called with what is known so far: first without the job,
 * so that nothing is fetched for a task that is refused anyway, and again with it.
 */
export function assessTask(offer: TaskOffer, rules: PolicyRules): Reason[] {
  return examineTask(offer, rules).flatMap(({ rule, isMet, because }) => (isMet ? [] : [{ refusal: rule, because }]));
}

/** Goes through all rules that something is known about, in order, and says of each what it found. */
export function examineTask(offer: TaskOffer, rules: PolicyRules): Finding[] {
  const findings = [...aboutGate(offer, rules), ...aboutSubmitter(offer, rules), ...aboutMoney(offer, rules)];
  if (offer.spec)
    findings.push(...aboutProfit(offer, offer.spec, rules), ...aboutTime(offer, offer.spec, rules), ...aboutHost(offer, offer.spec, rules));
  return findings;
}

const found = (rule: Refusal, isMet: boolean, because: string): Finding => ({ rule, isMet, because });

function includes(addresses: readonly Address[], address: Address): boolean {
  return addresses.some((other) => other.toLowerCase() === address.toLowerCase());
}

function* aboutGate({ task, isAdmitted }: TaskOffer, { allowsOpenTasks, gates }: PolicyRules): Iterable<Finding> {
  const { gate } = task.terms;
  if (gate === zeroAddress) {
    const setting = `RUNNER_ALLOW_OPEN_TASKS is ${allowsOpenTasks ? "set" : "not set"}`;
    yield found("open-task", allowsOpenTasks, `The task is open, so that anyone can fill its committee; ${setting}.`);
    return;
  }
  const isListed = gates === undefined || includes(gates, gate);
  const list = gates === undefined ? "any gate is allowed" : `it is ${isListed ? "" : "not "}in RUNNER_GATES`;
  yield found("gate-not-allowed", isListed, `The gate is ${gate}; ${list}.`);
  if (isAdmitted === undefined) return;
  yield found("gate-refuses", isAdmitted, `The gate ${gate} ${isAdmitted ? "admits" : "does not admit"} this runner.`);
}

function* aboutSubmitter(offer: TaskOffer, rules: PolicyRules): Iterable<Finding> {
  const { task, runner, strikes, undecidedTasks } = offer;
  const { submitter } = task;
  const { allowedSubmitters: allowed, deniedSubmitters, maxUndecidedTasks } = rules;
  yield found("own-task", !includes([runner], submitter), `The submitter is ${submitter}; this runner is ${runner}.`);
  const isDenied = includes(deniedSubmitters, submitter);
  yield found("submitter-denied", !isDenied, `${submitter} is ${isDenied ? "" : "not "}in RUNNER_DENIED_SUBMITTERS.`);
  if (allowed) {
    const isAllowed = includes(allowed, submitter);
    yield found("submitter-not-allowed", isAllowed, `${submitter} is ${isAllowed ? "" : "not "}in RUNNER_ALLOWED_SUBMITTERS.`);
  }
  if (undecidedTasks !== undefined && maxUndecidedTasks !== undefined) {
    const figures = `${undecidedTasks} of the submitter's tasks came to nothing in the last week; RUNNER_MAX_UNDECIDED_TASKS is ${maxUndecidedTasks}.`;
    yield found("submitter-undecided", undecidedTasks <= maxUndecidedTasks, figures);
  }
  if (offer.gaveTwoOutputs !== undefined) {
    const figures = offer.gaveTwoOutputs
      ? "This job gave two outputs when it was run twice."
      : "This job was never seen to give two outputs.";
    yield found("gave-two-outputs", !offer.gaveTwoOutputs, figures);
  }
  const scope = `This identity has ${strikes} strikes in the task's scope, and ${maxStrikes} refuse it.`;
  yield found("strikes", strikes < maxStrikes, scope);
}

function* aboutMoney(offer: TaskOffer, { minShareWei }: PolicyRules): Iterable<Finding> {
  const { task, bondBalanceWei, gasBalanceWei, gasNeededWei } = offer;
  const { bountyWei, bondWei, slots } = task.terms;
  const shareWei = bountyWei / BigInt(slots);
  yield found("share-too-small", shareWei >= minShareWei, `A share is ${shareWei} at the least; RUNNER_MIN_SHARE_WEI is ${minShareWei}.`);
  yield found("bond-not-covered", bondWei <= bondBalanceWei, `The bond is ${bondWei}; this runner can pay ${bondBalanceWei}.`);
  // A slot that is taken and cannot be paid for to the end is a strike, here or in a task that is in hand already.
  const figures = `${gasBalanceWei} wei are left for gas; the tasks in hand and this one may need ${gasNeededWei}.`;
  yield found("gas-not-covered", gasBalanceWei >= gasNeededWei, figures);
}

function* aboutProfit({ task, gasCostInAsset }: TaskOffer, { limits }: JobSpec, { cpuSecondPriceWei }: PolicyRules): Iterable<Finding> {
  if (cpuSecondPriceWei === undefined) return;
  const { shareWei, gasWei, cpuSeconds, cpuWei, profitWei } = profitOf({ terms: task.terms, limits, cpuSecondPriceWei, gasCostInAsset });
  const gas = gasCostInAsset === undefined ? "its gas cannot be compared (RUNNER_NATIVE_IN_ASSET)" : `its gas costs ${gasWei}`;
  const cpu = `${cpuSeconds} CPU-seconds at ${cpuSecondPriceWei} cost ${cpuWei}`;
  yield found("not-profitable", profitWei >= 0n, `A share is ${shareWei}; ${gas}; ${cpu}: ${profitWei} are left.`);
}

/** A slot that cannot be filled in time is a strike: the job must be able to use all of its time and still be committed. */
function* aboutTime({ state, now, runs = 1 }: TaskOffer, { limits }: JobSpec, rules: PolicyRules): Iterable<Finding> {
  const left = state.closesAt - now;
  const needed = limits.timeoutSeconds * runs + rules.sendMarginSeconds;
  yield found(
    "time-too-short",
    left >= needed,
    `${left} s are left to commit; the job may take ${needed} s with sending${runs > 1 ? ", as it is run twice" : ""}.`,
  );
}

function* aboutHost(offer: TaskOffer, { image, input, limits, determinism }: JobSpec, rules: PolicyRules): Iterable<Finding> {
  const { host, platform, cpus, levels } = rules;
  const inputBytes = input.reduce((sum, file) => sum + file.bytes, 0);
  yield found("platform", image.platform === platform, `The image is for ${image.platform}; this engine runs ${platform}.`);
  if (levels) {
    const { level } = determinism;
    yield found("level", levels.includes(level), `The job is of level ${level}; RUNNER_LEVELS has ${levels.join(", ")}.`);
  }
  yield found("cpus", limits.cpus <= cpus, `The job sees ${limits.cpus} CPUs; the engine has ${cpus}.`);
  const bounds: [Refusal, what: string, number, number][] = [
    ["memory", "bytes of memory", limits.memoryBytes, host.memoryBytes],
    ["archive-too-large", "bytes of image archive", image.bytes, host.archiveBytes],
    ["input-too-large", "bytes of input", inputBytes, host.inputBytes],
    ["output-too-large", "bytes of output", limits.outputBytes, host.outputBytes],
    ["scratch-too-large", "bytes of scratch space", limits.scratchBytes, host.scratchBytes],
    ["timeout-too-long", "seconds", limits.timeoutSeconds, host.timeoutSeconds],
  ];
  for (const [refusal, what, asked, allowed] of bounds)
    yield found(refusal, asked <= allowed, `The job asks for ${asked} ${what}; this runner allows ${allowed}.`);
  yield* aboutDisk(offer, image.bytes + inputBytes + limits.outputBytes, rules);
}

function* aboutDisk({ freeDiskBytes }: TaskOffer, jobBytes: number, { minFreeDiskBytes = 0 }: PolicyRules): Iterable<Finding> {
  if (freeDiskBytes === undefined) return;
  const figures = `${freeDiskBytes} bytes are free; the job may take ${jobBytes}, and RUNNER_MIN_FREE_DISK_BYTES, ${minFreeDiskBytes}, stay free.`;
  yield found("disk-not-free", freeDiskBytes >= jobBytes + minFreeDiskBytes, figures);
}
