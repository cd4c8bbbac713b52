import { type ErrorCode, isParityError, ParityError } from "@parity-protocol/sdk";
import { CommanderError } from "commander";

/** 0 done · 1 fix your input or set-up · 2 the answer is no · 75 try again. */
export type ExitCode = 0 | 1 | 2 | 75;

/** Errors that are the answer to a question that was asked: whether a job can be posted. */
const answersOfNo: readonly ErrorCode[] = ["JOB_NONDETERMINISTIC", "JOB_GIVES_NO_OUTPUT"];

/** Says with which code the program ends after an error. */
export function exitCodeOf(error: ParityError): ExitCode {
  if (answersOfNo.includes(error.code)) return 2;
  return error.isRetryable ? 75 : 1;
}

/** Turns whatever was thrown into the project's one kind of error. */
export function asParityError(thrown: unknown): ParityError {
  if (isParityError(thrown)) return thrown;
  if (thrown instanceof CommanderError) return usageError(thrown);
  const message = thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : String(thrown);
  return new ParityError("UNEXPECTED", message, { cause: thrown, details: thrown instanceof Error ? { stack: thrown.stack } : {} });
}

/** The code to end with where commander threw because it printed help or the version; nothing for an error. */
export function codeAfterHelp(thrown: unknown): number | undefined {
  const isHelp =
    thrown instanceof CommanderError && ["commander.helpDisplayed", "commander.help", "commander.version"].includes(thrown.code);
  return isHelp ? thrown.exitCode : undefined;
}

function usageError(error: CommanderError): ParityError {
  const [first = "", ...rest] = error.message.replace(/^error: /, "").split("\n");
  const suggestion = /Did you mean (?:one of )?(.*)\?/.exec(rest.join(" "))?.[1];
  const message = `${first.charAt(0).toUpperCase()}${first.slice(1).replace(/\.$/, "")}.`;
  return new ParityError("USAGE_INVALID", message, suggestion ? { hint: `Did you mean ${suggestion}?` } : {});
}
