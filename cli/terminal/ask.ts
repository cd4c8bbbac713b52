import { createInterface } from "node:readline/promises";
import { Writable } from "node:stream";

/** Asks a yes-or-no question at the terminal; only y and yes agree. */
export async function askYes(question: string, signal: AbortSignal): Promise<boolean> {
  const answer = await ask(`${question} [y/N] `, { signal });
  return /^y(es)?$/i.test(answer.trim());
}

/** Asks for a secret at the terminal without showing what is typed. */
export async function askSecret(question: string, signal: AbortSignal): Promise<string> {
  process.stderr.write(question);
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
  try {
    return await ask("", { signal, output: silent });
  } finally {
    process.stderr.write("\n");
  }
}

async function ask(question: string, options: { signal: AbortSignal; output?: Writable }): Promise<string> {
  const terminal = createInterface({ input: process.stdin, output: options.output ?? process.stderr, terminal: true });
  // Ctrl-C arrives here instead of at the process while the terminal is read.
  terminal.on("SIGINT", () => process.kill(process.pid, "SIGINT"));
  try {
    return await terminal.question(question, { signal: options.signal });
  } finally {
    terminal.close();
  }
}
