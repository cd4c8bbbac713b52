import { type Hex, reclaimBounty, type WaitedResult } from "@parity-protocol/sdk";
import { Command } from "commander";
import { withCheck } from "../check/check-flag.ts";
import { sendAs } from "../network/connect.ts";
import { sourcesOf } from "../network/stores.ts";
import type { Act, Answer, Context } from "../program/context.ts";
import { withExample, withKey, withMoney, withNetwork, withStore } from "../program/options.ts";
import { requireRoom } from "../result/output-folder.ts";
import { type SavedResult, saveResultWhenPublished } from "../result/save-result.ts";
import { outcomeText, resultLines, resultRecord } from "../result/show-result.ts";
import type { Submission, SubmitOptions } from "../submission/submit-job.ts";
import { withTerms } from "../submission/terms.ts";
import { startCountdown } from "../tasks/countdown.ts";
import { followTask } from "../tasks/follow-task.ts";
import { eventLine, eventRecord, nameByIdentity } from "../tasks/show-event.ts";
import { taskLines, taskRecord } from "../tasks/show-task.ts";
import { readTaskReport } from "../tasks/task-report.ts";
import { formatAmount } from "../units/amount.ts";
import { postedLine, postedRecord } from "./post.ts";

interface RunOptions extends SubmitOptions {
  out: string;
  force?: boolean;
}

/** `parity run`: posts a job, waits, fetches the accepted output. */
export function runCommand(act: Act): Command {
  const command = new Command("run")
    .summary("post a job, wait for the runners, fetch the output")
    .description(
      "Posts a job, waits until a quorum of runners agrees, and fetches the accepted output, verified.\nExits with 0 when the job ended with the exit code that it expects, with 2 when it did not or no quorum agreed (the bounty is then reclaimed).",
    )
    .argument("<job>", "the job file, or a folder with a job.json")
    .option("-o, --out <folder>", "where to put the output", "result")
    .option("--force", "replace a result that is in the folder");
  return withExample(withMoney(withKey(withStore(withNetwork(withTerms(withCheck(command)))))), "parity run hello --out answer").action(
    act(async (context, options: RunOptions, job: string) => {
      await requireRoom(options.out, options.force === true);
      const { submitJob } = await import("../submission/submit-job.ts"); // brings the sandbox
      const submission = await submitJob(context, job, options);
      context.printer.step(postedRecord(submission), postedLine(submission));
      const ended = await follow(context, submission);
      if (ended.outcome !== "ACCEPTED" || !ended.outputHash) return giveUp(context, submission);
      const saved = await fetchOutput(context, submission, { ...options, outputHash: ended.outputHash });
      return answer(context, submission, { ...saved, outputHash: ended.outputHash });
    }),
  );
}

async function follow(context: Context, { task, network }: Submission): Promise<WaitedResult> {
  const { printer } = context;
  const countdown = startCountdown(printer);
  try {
    return await followTask({
      task,
      place: network.place,
      until: "decided",
      onEvent: (event) => {
        const line = eventLine(event, { nameOf: nameByIdentity, paint: printer.paint, currency: network.currency });
        if (line && event.name !== "TaskPosted") printer.step(eventRecord(event), line);
      },
      onPhase: countdown.show,
    });
  } finally {
    countdown.end();
  }
}

type FetchOptions = RunOptions & { outputHash: Hex };

async function fetchOutput(context: Context, { task, job, network }: Submission, options: FetchOptions): Promise<SavedResult> {
  const { printer, signal } = context;
  const report = await readTaskReport(task, network.place);
  return saveResultWhenPublished({
    taskId: task.taskId,
    outputHash: options.outputHash,
    out: options.out,
    isForced: options.force === true,
    maxBytes: 2 * job.spec.limits.outputBytes, // stdout and files have this bound each
    sources: sourcesOf(task, network.settings),
    matching: report.slots.filter((slot) => slot.standing === "matched"),
    signal,
    onWait: () => printer.progress("Waiting for a runner to publish the output…"),
    onFile: (done, total) => printer.progress(`Fetched ${done} of ${total} files`),
  });
}

function answer(context: Context, { task, job }: Submission, saved: SavedResult & { outputHash: Hex }): Answer {
  const { printer } = context;
  const { manifest } = saved;
  printer.result(resultRecord({ ...saved, taskId: task.taskId }), resultLines(saved, printer.paint));
  const expected = job.spec.expect.exitCode;
  if (manifest.outcome === "exited" && manifest.exitCode === expected) return 0;
  printer.warn(`The runners agree, and the job ended with ${outcomeText(manifest)}; exit code ${expected} was expected.`);
  return 2;
}

/** Says why there is no output, and gets the bounty back. */
async function giveUp(context: Context, { task, network, account }: Submission): Promise<Answer> {
  const { printer } = context;
  const report = await readTaskReport(task, network.place);
  printer.result(taskRecord(report), taskLines(report, { paint: printer.paint, currency: network.currency }));
  const { transactionHash } = await reclaimBounty(sendAs(network.connection, account), { escrow: network.escrow, task: task.key });
  printer.step(
    { event: "reclaimed", taskId: task.taskId, transactionHash },
    `Reclaimed the bounty of ${formatAmount(task.terms.bountyWei, network.currency)}.`,
  );
  return 2;
}
