import type { Hex } from "@parity-protocol/sdk";
import { Command } from "commander";
import { openNetwork } from "../network/open-network.ts";
import { sourcesOf } from "../network/stores.ts";
import type { Act, Answer, Context } from "../program/context.ts";
import { openEngine } from "../program/open-engine.ts";
import { type FetchOptions, maxDownloadBytes, withExample, withFetch } from "../program/options.ts";
import { outcomeText } from "../result/show-result.ts";
import { findTask, taskArgument } from "../tasks/find-task.ts";
import { gateText } from "../tasks/show-task.ts";
import { readTaskReport, type TaskReport } from "../tasks/task-report.ts";
import { facts } from "../terminal/columns.ts";
import { safeLines } from "../terminal/safe-text.ts";
import type { OwnAnswer } from "../verification/re-execute.ts";
import { requireResult } from "./result.ts";

const STDERR_LINES_SHOWN = 20;

const steps = { fetching: "Fetching the image and the input…", loading: "Checking and loading the image…", running: "Running the job…" };

/** `parity verify`: runs a task's job here and compares. */
export function verifyCommand(act: Act): Command {
  const command = new Command("verify")
    .summary("run a task's job here and compare with its result")
    .description(
      "Runs the job of an accepted task on your own engine, and compares the output's hash with the one on the chain. Costs nothing.\nExits with 0 when they are the same, with 2 when they differ.",
    )
    .argument("<task>", taskArgument);
  return withExample(withFetch(command), "parity verify latest").action(
    act(async (context, options: FetchOptions, text: string) => {
      const maxBytes = maxDownloadBytes(options);
      const { place, settings } = await openNetwork(context, options);
      const report = await readTaskReport(await findTask(text, place), place);
      const accepted = requireResult(report);
      const { reExecute } = await import("../verification/re-execute.ts"); // brings the sandbox and the store
      const own = await reExecute({
        jobHash: report.task.terms.jobHash,
        sources: sourcesOf(report.task, settings),
        engine: await openEngine(context),
        maxBytes,
        signal: context.signal,
        onStep: (step) => context.printer.progress(steps[step]),
      });
      return compare(context, { report, accepted, own });
    }),
  );
}

function compare({ printer }: Context, { report, accepted, own }: { report: TaskReport; accepted: Hex; own: OwnAnswer }): Answer {
  const isSame = own.outputHash === accepted;
  const { paint } = printer;
  const outcome =
    own.manifest.outcome === "exited" ? { outcome: "exited", exitCode: own.manifest.exitCode } : { outcome: own.manifest.outcome };
  const hashes = { outputHash: own.outputHash, acceptedOutputHash: accepted };
  const { taskId } = report.task;
  const record = { taskId, isSame, isOpenToAnyone: report.isOpenToAnyone, ...hashes, ...outcome, durationMs: own.durationMs };
  printer.result(record, [
    isSame
      ? paint("good", "Same: this machine gets the accepted output.")
      : paint("bad", "Different: this machine gets another output than the one that was accepted."),
    ...facts([
      ["accepted", accepted],
      ["runners", gateText(report)],
      ["here", `${own.outputHash} in ${(own.durationMs / 1_000).toFixed(1)} s, ${outcomeText(own.manifest)}`],
    ]),
    ...(isSame
      ? []
      : safeLines(new TextDecoder().decode(own.stderr))
          .slice(-STDERR_LINES_SHOWN)
          .map((line) => `  stderr  ${line}`)),
  ]);
  return isSame ? 0 : 2;
}
