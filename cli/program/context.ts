import type { Environment } from "../config.ts";
import type { Printer } from "../terminal/printer.ts";

/** 0 done · 2 the answer is no · 1 only where a command has said itself what is wrong. Other failures are thrown: see exit-code.ts. */
export type Answer = 0 | 1 | 2;

/** What a command gets besides its arguments. */
export interface Context {
  printer: Printer;
  /** The folder that the command was started in. */
  directory: string;
  /** Reads the program's variables. @throws CONFIG_INVALID */
  environment(): Environment;
  /** Aborted by Ctrl-C and SIGTERM; its reason is an INTERRUPTED error. */
  signal: AbortSignal;
  /** True when a person can be asked. */
  isInteractive: boolean;
}

/** Wraps what a command does as a commander action: options first, then the arguments. */
export type Act = <O extends object, A extends unknown[]>(
  run: (context: Context, options: O, ...args: A) => Promise<Answer>,
) => (...received: unknown[]) => Promise<void>;
