import os from "node:os";
import { ParityError } from "@parity-protocol/sdk";
import { commandFactories } from "./commands/index.ts";
import { readEnvironment } from "./config.ts";
import type { Context } from "./program/context.ts";
import { asParityError, codeAfterHelp, exitCodeOf } from "./program/exit-code.ts";
import { runProgram } from "./program/program.ts";
import { createPrinter } from "./terminal/printer.ts";

/** Says which signal interrupted the program, once one did. */
interface Interruption {
  signal: AbortSignal;
  exitCode(): number | undefined;
}

async function start(): Promise<void> {
  hideExperimentalWarnings();
  process.stdout.on("error", (error: NodeJS.ErrnoException) => process.exit(error.code === "EPIPE" ? 0 : 1));
  const interruption = listenForSignals();
  const argv = process.argv.slice(2);
  const code = await run(argv, interruption);
  await Promise.all([process.stdout, process.stderr].map((stream) => new Promise<void>((resolve) => stream.write("", () => resolve()))));
  process.exit(code);
}

async function run(argv: string[], interruption: Interruption): Promise<number> {
  const words = argv.includes("--") ? argv.slice(0, argv.indexOf("--")) : argv;
  const printer = createPrinter(words.includes("--json"));
  const directory = process.cwd();
  const context: Context = {
    printer,
    directory,
    environment: () => readEnvironment(directory),
    signal: interruption.signal,
    isInteractive: !printer.isJson && process.stdin.isTTY && process.stderr.isTTY,
  };
  try {
    return await runProgram(argv, context, commandFactories);
  } catch (thrown) {
    const helpCode = codeAfterHelp(thrown);
    if (helpCode !== undefined) return helpCode;
    const error = asParityError(interruption.signal.aborted ? interruption.signal.reason : thrown);
    printer.failure(error);
    return interruption.exitCode() ?? exitCodeOf(error);
  }
}

/** The first signal asks commands to end what they do; a second Ctrl-C ends the program where it is. */
function listenForSignals(): Interruption {
  const controller = new AbortController();
  let received: NodeJS.Signals | undefined;
  const interrupt = (signal: NodeJS.Signals) => {
    if (received && signal === "SIGINT") process.exit(codeOf(signal));
    received ??= signal;
    controller.abort(new ParityError("INTERRUPTED", `Interrupted by ${signal}.`));
  };
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, interrupt);
  // bin/parity.js holds the other end when it had to start another Node: its death is this process's signal to end.
  if (process.channel) {
    process.channel.unref();
    process.on("disconnect", () => interrupt("SIGTERM"));
  }
  return { signal: controller.signal, exitCode: () => (received ? codeOf(received) : undefined) };
}

function codeOf(signal: NodeJS.Signals): number {
  return 128 + os.constants.signals[signal];
}

/** Type stripping and node:sqlite are used on purpose; their notices would stand in every output. */
function hideExperimentalWarnings(): void {
  process.removeAllListeners("warning");
  process.on("warning", (warning) => {
    if (warning.name !== "ExperimentalWarning") process.stderr.write(`${warning.name}: ${warning.message}\n`);
  });
}

void start();
