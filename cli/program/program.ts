import { readFileSync } from "node:fs";
import { Command } from "commander";
import type { Act, Answer, Context } from "./context.ts";

/** Makes one command of the program. */
export type CommandFactory = (act: Act) => Command;

type Run = (context: Context, options: object, ...args: unknown[]) => Promise<Answer>;

/** Runs a command line; resolves to its answer. Rejects with what the command, or commander, threw. */
export async function runProgram(argv: readonly string[], context: Context, factories: readonly CommandFactory[]): Promise<Answer> {
  let answer: Answer = 0;
  const act: Act =
    (run) =>
    async (...received) => {
      const command = received.at(-1) as Command;
      // What commander passes is what the command declared: arguments, then options and the command itself.
      answer = await (run as unknown as Run)(context, command.opts(), ...received.slice(0, -2));
    };
  const program = createProgram(act, factories);
  if (argv.length === 0) program.outputHelp();
  else await program.parseAsync([...argv], { from: "user" });
  return answer;
}

/** Builds the commander program with all its commands. */
export function createProgram(act: Act, factories: readonly CommandFactory[]): Command {
  const program = new Command("parity")
    .description("Run a job on runners that do not trust each other, and get an output that a quorum of them agrees on.")
    .version(ownVersion(), "-V, --version")
    .option("--json", "print JSON, one value a line")
    .configureOutput({ writeErr: (text) => void (text.startsWith("error:") || process.stderr.write(text)) })
    .exitOverride()
    .showSuggestionAfterError()
    .helpCommand("help [command]", "show what a command does and its options")
    .configureHelp({ sortOptions: false, showGlobalOptions: false });
  for (const factory of factories) program.addCommand(factory(act));
  for (const command of program.commands) settle(command, program);
  program.addHelpText(
    "after",
    "\nA first job on a network of your own:\n  $ parity up                        # in one terminal\n  $ parity init node hello           # in another\n  $ parity run hello --out answer\n",
  );
  return program;
}

/** Gives a command and its own commands what all share. */
function settle(command: Command, parent: Command): void {
  command.copyInheritedSettings(parent);
  if (command.commands.length === 0) command.option("--json", "print JSON, one value a line");
  command.helpCommand(false);
  for (const child of command.commands) settle(child, command);
}

function ownVersion(): string {
  const manifest = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")) as { version: string };
  return manifest.version;
}
