import { ParityError } from "@parity-protocol/sdk";
import { Command } from "commander";
import { type Shell, shells } from "../completion/scripts.ts";
import { placesOf } from "../completion/words.ts";
import type { Act } from "../program/context.ts";
import { withExample } from "../program/options.ts";
import { nearest } from "../terminal/nearest.ts";

/** `parity completion`: prints what makes a shell complete parity's commands and flags. */
export function completionCommand(act: Act): Command {
  const names = Object.keys(shells) as Shell[];
  const command = new Command("completion")
    .summary("print a script that completes commands and flags in your shell")
    .description(
      `Prints a script that makes a shell complete parity's commands and flags. To switch it on, put a line into the shell's own file:\n\n${names.map((name) => `  ${name.padEnd(5)} ${shells[name].use.padEnd(36)} in ${shells[name].file}`).join("\n")}`,
    )
    .argument("<shell>", names.join(", "));
  return withExample(command, "parity completion bash").action(
    act(async (context, _options: object, shell: string) => {
      const name = names.find((known) => known === shell);
      if (!name) throw unknownShell(shell, names);
      const script = shells[name].write(placesOf(programOf(command)));
      context.printer.result({ shell: name, script }, [script.trimEnd()]);
      return 0;
    }),
  );
}

function programOf(command: Command): Command {
  return command.parent ? programOf(command.parent) : command;
}

function unknownShell(shell: string, names: readonly string[]): ParityError {
  const meant = nearest(shell, names);
  return new ParityError("USAGE_INVALID", `'${shell.slice(0, 40)}' is no shell that completion knows.`, {
    hint: meant ? `Did you mean ${meant}?` : `It knows ${names.join(", ")}.`,
  });
}
