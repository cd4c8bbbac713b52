import { isDecided, isTerminal, ParityError } from "@parity-protocol/sdk";
import { Command } from "commander";
import { openNetwork } from "../network/open-network.ts";
import { sourcesOf } from "../network/stores.ts";
import type { Act } from "../program/context.ts";
import { type FetchOptions, maxDownloadBytes, withExample, withFetch } from "../program/options.ts";
import { requireRoom } from "../result/output-folder.ts";
import { saveResult } from "../result/save-result.ts";
import { resultLines, resultRecord } from "../result/show-result.ts";
import { findTask, taskArgument } from "../tasks/find-task.ts";
import { readTaskReport, type TaskReport } from "../tasks/task-report.ts";

interface ResultOptions extends FetchOptions {
  out: string;
  force?: boolean;
}

/** `parity result`: fetches an accepted output, verified. */
export function resultCommand(act: Act): Command {
  const command = new Command("result")
    .summary("fetch an accepted output, verified")
    .description(
      "Fetches the accepted output of a task into a folder: output/, stdout, manifest.json (each verified), stderr (not verifiable).",
    )
    .argument("<task>", taskArgument)
    .option("-o, --out <folder>", "where to put it", "result")
    .option("--force", "replace a result that is in the folder");
  return withExample(withFetch(command), "parity result latest --out result").action(
    act(async (context, options: ResultOptions, text: string) => {
      const maxBytes = maxDownloadBytes(options);
      await requireRoom(options.out, options.force === true);
      const { place, settings } = await openNetwork(context, options);
      const report = await readTaskReport(await findTask(text, place), place);
      const outputHash = requireResult(report);
      const saved = await saveResult({
        taskId: report.task.taskId,
        outputHash,
        out: options.out,
        isForced: options.force === true,
        maxBytes,
        sources: sourcesOf(report.task, settings),
        matching: report.slots.filter((slot) => slot.standing === "matched"),
        signal: context.signal,
        onFile: (done, total) => context.printer.progress(`Fetched ${done} of ${total} files`),
      });
      context.printer.result(
        { ...resultRecord({ ...saved, outputHash, taskId: report.task.taskId }), isOpenToAnyone: report.isOpenToAnyone },
        resultLines({ ...saved, outputHash }, context.printer.paint),
      );
      if (report.isOpenToAnyone)
        context.printer.warn(
          "The task was open to anyone: whoever filled the quorum decided this result. `parity verify` runs the job again, on this machine.",
        );
      return 0;
    }),
  );
}

/** Returns the accepted output hash. @throws RESULT_NOT_READY, RESULT_ABSENT */
export function requireResult({ task, phase, state, result }: TaskReport) {
  if (isDecided(state)) return result.outputHash;
  if (isTerminal(phase)) throw new ParityError("RESULT_ABSENT", `Task ${task.taskId} ended ${phase}: no output was accepted.`);
  throw new ParityError("RESULT_NOT_READY", `Task ${task.taskId} is ${phase}: no output is accepted yet.`);
}
