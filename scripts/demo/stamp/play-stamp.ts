import path from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import type { Verdict } from "@parity-protocol/sandbox";
import { getTaskEvents, isParityError, type ParityError, reclaimBounty } from "@parity-protocol/sdk";
import { sendAs } from "../../../cli/network/connect.ts";
import { type Submission, submitJob } from "../../../cli/submission/submit-job.ts";
import { followTask } from "../../../cli/tasks/follow-task.ts";
import { readTaskReport, type TaskReport } from "../../../cli/tasks/task-report.ts";
import { formatAmount } from "../../../cli/units/amount.ts";
import { CheckFailed, chapter, check, paint, say, tell } from "../screen.ts";
import { nameOf, type Stage } from "../stage.ts";
import { noteImage } from "../traces.ts";
import { type StagedStamp, stageStamp } from "./stage-stamp.ts";

const BOUNTY = "0.03eth";
const RUNNERS = 3;
const HONEST_GRACE_MS = 30_000;
const PAY_TIMEOUT_MS = 120_000;
const POLL_MS = 200;

/** The job that is not deterministic, and what came of posting it. */
export interface RefusedStamp {
  staged: StagedStamp;
  /** Why it was refused; undefined when it was posted. */
  error: ParityError | undefined;
}

/** Tries to post the job that is not deterministic, which is checked first. */
export async function refuseStamp(stage: Stage): Promise<RefusedStamp> {
  const directory = path.join(stage.directory, "stamp");
  const staged = stageStamp(directory);
  await noteImage(stage.traces, staged.imageFolder, directory);
  try {
    await submit(stage, staged.jobFiles["standard@1"], true);
    return { staged, error: undefined };
  } catch (error) {
    if (!isParityError(error, "JOB_NONDETERMINISTIC")) throw error;
    return { staged, error };
  }
}

/** Plays the act of that job: refused, then posted all the same at both levels. */
export async function playStamp(stage: Stage, { staged, error }: RefusedStamp): Promise<void> {
  chapter("6  The same with a job that is not deterministic");
  tell("what", 'print {"at": the time, "id": a random number}; the liar and the copier have gone home');
  await sendHome(stage, ["liar", "copier"]);
  checkRefusal(error);
  await checkBothLevels(stage, staged);
}

async function sendHome({ local }: Stage, names: readonly string[]): Promise<void> {
  const leaving = local.runners.filter(({ name }) => names.includes(name));
  await Promise.all(leaving.map(({ program }) => program.stop(HONEST_GRACE_MS)));
}

/** The submitter is told before any money moves, and why. */
function checkRefusal(error: ParityError | undefined): void {
  const verdict = error?.details.verdict as Verdict | undefined;
  for (const { summary, first, fix } of verdict?.causes ?? []) {
    say(`  ${summary}`, ...(first ? [`      ${paint("bad", `- ${first.before}`)}`, `      ${paint("good", `+ ${first.after}`)}`] : []));
    say(`      ${paint("accent", "->")} ${fix}`);
  }
  const named = verdict?.causes.map(({ cause }) => cause).join(" and ");
  check("at standard@1 it is refused before money moves, and both causes are named", named === "time-stamp and randomness", named);
  check("the check knows where it would be safe: at strict@1 only", verdict?.safeUnder.join() === "strict@1");
}

/** Whoever does not listen finds no quorum; whoever asks for strict does. */
async function checkBothLevels(stage: Stage, { jobFiles }: StagedStamp): Promise<void> {
  const ignored = await submit(stage, jobFiles["standard@1"], false);
  const heeded = await submit(stage, jobFiles["strict@1"], true);
  const [apart, together] = await Promise.all([decide(stage, ignored), decide(stage, heeded)]);
  showAnswers(stage, { "standard@1": apart, "strict@1": together });
  check(
    `posted with --no-check, three honest runners found ${new Set(answersOf(apart)).size} outputs and no quorum`,
    apart.phase === "VOID" && new Set(answersOf(apart)).size === RUNNERS,
  );
  check(
    "at strict@1 the same program gave all three the same output",
    together.phase === "ACCEPTED" && together.state.leadingVotes === RUNNERS,
  );
  await checkPayment(stage, { ignored, heeded });
}

async function checkPayment(stage: Stage, { ignored, heeded }: { ignored: Submission; heeded: Submission }): Promise<void> {
  const { local } = stage;
  const { receipt } = await reclaimBounty(sendAs(local.connection, ignored.account), {
    escrow: local.network.escrow,
    task: ignored.task.key,
  });
  const paid = await waitUntilPaid(stage, heeded);
  const share = heeded.task.terms.bountyWei / BigInt(RUNNERS);
  check(
    `the bounty of the first went back, and that of the second was paid: ${formatAmount(share)} each`,
    receipt.status === "success" && paid.every((each) => each === share),
  );
}

function submit({ context }: Stage, jobFile: string, isChecked: boolean): Promise<Submission> {
  const terms = { bounty: BOUNTY, slots: String(RUNNERS), quorum: "2", bond: "0wei", revealDelay: "1s", revealWindow: "2m" };
  return submitJob(context, jobFile, { ...terms, yes: true, check: isChecked });
}

async function decide({ signal }: Stage, { task, network }: Submission): Promise<TaskReport> {
  await followTask({ task, place: { ...network.place, signal }, until: "closed", onEvent: () => {} });
  return readTaskReport(task, network.place);
}

function answersOf({ slots }: TaskReport): (string | undefined)[] {
  return slots.map(({ opening }) => opening?.outputHash);
}

function showAnswers({ local }: Stage, reports: Readonly<Record<string, TaskReport>>): void {
  for (const [level, { slots }] of Object.entries(reports))
    for (const { identity, opening } of slots) tell(level, `${nameOf(local, identity)} revealed ${opening?.outputHash ?? "nothing"}`);
}

/** Waits for the payouts, which the runners fetch themselves. */
async function waitUntilPaid({ local, signal }: Stage, { task }: Submission): Promise<bigint[]> {
  const place = { escrow: local.network.escrow, taskId: task.taskId, fromBlock: task.blockNumber };
  const giveUpAt = performance.now() + PAY_TIMEOUT_MS;
  while (performance.now() < giveUpAt) {
    const events = await getTaskEvents(local.connection.client, place);
    const shares = events.flatMap((event) => (event.name === "PayoutClaimed" ? [event.args.share] : []));
    if (shares.length === RUNNERS) return shares;
    await pause(POLL_MS, undefined, { signal });
  }
  throw new CheckFailed(`the runners are paid within ${PAY_TIMEOUT_MS / 1_000} s`);
}
