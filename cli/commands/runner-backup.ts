import { join } from "node:path";
import { Command } from "commander";
import { type RunnerOptions, runnerVariables } from "../network/runner-variables.ts";
import type { Act } from "../program/context.ts";
import { withExample, withRunnerDirectory } from "../program/options.ts";

/** `parity runner backup`: copies a runner's journal. */
export function runnerBackupCommand(act: Act): Command {
  const command = withRunnerDirectory(new Command("backup"))
    .summary("copy a runner's journal into a file")
    .description("Copies a runner's journal into a new file, also while the runner works. To restore it, put it back as journal.sqlite.")
    .argument("<file>", "the copy; it must not exist");
  return withExample(command, "parity runner backup journal-monday.sqlite").action(
    act(async (context, options: RunnerOptions, file: string) => {
      const { backUpJournal, loadStatusPlace } = await import("@parity-protocol/runner"); // large, and only needed here
      const { directory } = loadStatusPlace(runnerVariables(context, options));
      await backUpJournal(join(directory, "journal.sqlite"), file);
      context.printer.result({ copied: file }, [`Journal copied to ${file}.`]);
      return 0;
    }),
  );
}
