import { Command } from "commander";
import { withCheck } from "../check/check-flag.ts";
import { isOpenToAnyone } from "../gates/show-gate.ts";
import type { Act } from "../program/context.ts";
import { withExample, withKey, withMoney, withNetwork, withStore } from "../program/options.ts";
import type { Submission, SubmitOptions } from "../submission/submit-job.ts";
import { withTerms } from "../submission/terms.ts";
import type { JsonRecord } from "../terminal/printer.ts";
import { formatAmount } from "../units/amount.ts";

/** `parity post`: posts a job and returns. */
export function postCommand(act: Act): Command {
  const command = new Command("post")
    .summary("post a job: upload it and escrow its bounty")
    .description(
      "Packs a job, uploads it to the store, and escrows its bounty as a task. Does not wait for the runners; `parity run` does.",
    )
    .argument("<job>", "the job file, or a folder with a job.json");
  return withExample(
    withMoney(withKey(withStore(withNetwork(withTerms(withCheck(command)))))),
    "parity post hello --bounty 0.01eth --slots 3",
  ).action(
    act(async (context, options: SubmitOptions, job: string) => {
      const { submitJob } = await import("../submission/submit-job.ts"); // brings the sandbox
      const submission = await submitJob(context, job, options);
      context.printer.result(postedRecord(submission), [
        postedLine(submission),
        `See it with: parity status ${submission.task.taskId.slice(0, 12)}`,
      ]);
      return 0;
    }),
  );
}

/** Says that a task is posted. */
export function postedLine({ task, transactionHash, network }: Submission): string {
  const open = isOpenToAnyone(task.terms) ? ", open to anyone" : "";
  return `Posted: ${formatAmount(task.terms.bountyWei, network.currency)} in escrow${open}, transaction ${transactionHash} in block ${task.blockNumber}`;
}

/** Gives a posted task's facts for programs. */
export function postedRecord({ task, transactionHash }: Submission): JsonRecord {
  return {
    event: "posted",
    taskId: task.taskId,
    transactionHash,
    blockNumber: task.blockNumber,
    ...task.terms,
    isOpenToAnyone: isOpenToAnyone(task.terms),
  };
}
