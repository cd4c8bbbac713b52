import path from "node:path";
import { getTaskEvents, reclaimBounty, type TaskEvent } from "@parity-protocol/sdk";
import { privateKeyToAccount } from "viem/accounts";
import { getBlockNumber } from "viem/actions";
import { readEnvironment } from "../../cli/config.ts";
import { startLocalNetwork } from "../../cli/local-network/start-local-network.ts";
import { sendAs } from "../../cli/network/connect.ts";
import { networkFileIn, writeNetwork } from "../../cli/network/network-file.ts";
import type { Context } from "../../cli/program/context.ts";
import { settleSlot } from "../../cli/settlement/settle-slot.ts";
import { type Submission, submitJob } from "../../cli/submission/submit-job.ts";
import { readTaskReport, type TaskReport } from "../../cli/tasks/task-report.ts";
import { formatAmount, grouped } from "../../cli/units/amount.ts";
import { formatSize } from "../../cli/units/size.ts";
import { checkOutput, checkReExecution, checkRunners } from "./checks.ts";
import { checkLedger, type Epoch, showGas } from "./gas.ts";
import { readBalances } from "./ledger.ts";
import { chapter, quietPrinter, say, tell } from "./screen.ts";
import { addressOf, cast, type Stage } from "./stage.ts";
import { stageJob } from "./stage-job.ts";
import { playStamp, refuseStamp } from "./stamp/play-stamp.ts";
import { createTeller, type Teller } from "./teller.ts";
import { checkNothingLeft, clearTraces, noteImage, tracesOf } from "./traces.ts";

/** Long enough for three honest runners on a slow machine; the copier makes everybody wait for its end. */
const REVEAL_WINDOW = "20s";
const BOUNTY = "0.05eth";
/** A machine that is busy with other things may be many times as slow as an idle one. */
const LIFE_TIMEOUT_MS = 300_000;

/** Plays the demo; rejects when anything that it claims is not true, or does not happen. */
export async function playDemo(directory: string, signal: AbortSignal): Promise<void> {
  const stage = await raiseNetwork(directory, signal);
  let left: string[] = [];
  try {
    await playTask(stage);
  } finally {
    await stage.local.stop();
    left = await clearTraces(stage.traces, stage.context.environment().DOCKER_HOST);
  }
  checkNothingLeft(left);
}

async function playTask(stage: Stage): Promise<void> {
  const { local, submitter } = stage;
  const people = [submitter, ...local.runners.map((runner) => runner.address), local.network.escrow];
  const epoch: Epoch = {
    before: await readBalances(local.connection.client, people),
    fromBlock: await getBlockNumber(local.connection.client),
  };
  const submission = await post(stage);
  const teller = createTeller(stage, submission.task);
  chapter("3  The life of the task");
  await teller.tellUntil(hasHonestRevealed, LIFE_TIMEOUT_MS);
  // While all wait for the copier's time to be over, the submitter tries to post the last act's job.
  const [told, refusal] = await Promise.allSettled([teller.tellUntil(isPaid, LIFE_TIMEOUT_MS), refuseStamp(stage)]);
  for (const outcome of [told, refusal]) if (outcome.status === "rejected") throw outcome.reason;
  const report = await settle(stage, { submission, teller });
  chapter("4  What came of it");
  checkRunners(stage, report);
  await checkOutput(stage, report);
  await checkReExecution(stage, report);
  const events = await getTaskEvents(local.connection.client, { escrow: local.network.escrow, taskId: report.task.taskId });
  const costs = await checkLedger(stage, { ...epoch, events });
  chapter("5  What it cost in gas");
  showGas(stage, costs);
  if (refusal.status === "fulfilled") await playStamp(stage, refusal.value);
}

async function raiseNetwork(directory: string, signal: AbortSignal): Promise<Stage> {
  say("One task, five runners, two of them dishonest.");
  chapter("1  A network on this machine");
  const local = await startLocalNetwork({ directory: path.join(directory, "network"), port: 0, runners: cast, signal });
  writeNetwork(networkFileIn(directory), local.network);
  const { network } = local;
  tell("chain", `${network.rpcUrl}, a Hardhat node of its own`);
  tell("store", `${network.storeUrl}, blobs by their sha256`);
  tell("escrow", network.escrow);
  tell("gate", `${network.gate}, a Merkle allow-list of the five`);
  for (const { name, role } of cast) tell(name, `${addressOf(local, name)}  ${role}`);
  // Of the user's own settings only the engine's address counts here: this network is the demo's.
  const { DOCKER_HOST } = readEnvironment(process.cwd());
  const environment = () => (DOCKER_HOST ? { DOCKER_HOST } : {});
  const context: Context = { printer: quietPrinter, directory, environment, signal, isInteractive: false };
  return { directory, local, context, submitter: privateKeyToAccount(network.submitterKey).address, traces: tracesOf(local), signal };
}

async function post(stage: Stage): Promise<Submission> {
  const { directory, context } = stage;
  chapter("2  A job");
  const { jobFile, imageFolder, viem, esbuild } = stageJob(path.join(directory, "job"));
  await noteImage(stage.traces, imageFolder, directory);
  tell("what", `bundle the sources of viem ${viem} with esbuild ${esbuild}, in an image FROM scratch`);
  const options = { bounty: BOUNTY, slots: "5", quorum: "3", bond: "0wei", revealDelay: "1s", revealWindow: REVEAL_WINDOW, yes: true };
  const submission = await submitJob(context, jobFile, options);
  const { job, task } = submission;
  tell("image", `${job.spec.image.archive.slice(0, 16)}…  ${formatSize(job.spec.image.bytes)}, one static binary`);
  tell("input", `${grouped(job.spec.input.length)} files, ${formatSize(job.inputBytes)}`);
  tell("job hash", job.jobHash);
  tell("bounty", `${formatAmount(task.terms.bountyWei)}, shared by those who agree; 3 of 5 must`);
  return submission;
}

const honest = cast.filter(({ program }) => !program).length;

function hasHonestRevealed(events: readonly TaskEvent[]): boolean {
  return events.filter((event) => event.name === "ResultRevealed").length >= honest;
}

/** Whether every honest runner has been paid. */
function isPaid(events: readonly TaskEvent[]): boolean {
  return events.filter((event) => event.name === "PayoutClaimed" && event.args.share > 0n).length === honest;
}

/** Does what anyone may do with a closed task: settle the slots of those who earned nothing, and return the remainder. */
async function settle({ local, signal }: Stage, { submission, teller }: { submission: Submission; teller: Teller }): Promise<TaskReport> {
  const { place } = submission.network;
  const sender = sendAs(local.connection, submission.account);
  const report = await readTaskReport(submission.task, { ...place, signal });
  for (const slot of report.slots) await settleSlot({ place, sender, report }, slot);
  await reclaimBounty(sender, { escrow: local.network.escrow, task: submission.task.key });
  await teller.tellUntil((events) => events.some((event) => event.name === "BountyReclaimed"), 10_000);
  return readTaskReport(submission.task, place);
}
