import { type ChildProcess, spawn } from "node:child_process";
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { cleanEnvironment } from "../../cli/support/parity.ts";

const program = path.resolve(import.meta.dirname, "../../../cli/bin/parity.js");

/** What a pasted text did. */
export interface Pasted {
  code: number;
  said: string;
}

/** A shell in a folder, in which `parity` and `npx parity` are this project's. */
export interface Shell {
  /** Pastes lines and waits for their end. Variables live on from paste to paste. */
  paste(text: string): Promise<Pasted>;
  /** Pastes what does not end by itself; resolves when it has said something that matches. */
  leaveRunning(line: string, ready: RegExp): Promise<void>;
  /** Ends what was left running. */
  close(): Promise<void>;
}

/** Opens a shell of one's own in a folder. */
export function openShell(folder: string): Shell {
  const bin = path.join(folder, ".bin");
  mkdirSync(bin, { recursive: true });
  write(path.join(bin, "parity"), `exec "${process.execPath}" "${program}" "$@"`);
  write(path.join(bin, "npx"), 'exec "$@"');
  const environment = cleanEnvironment();
  const env = { ...environment, PATH: `${bin}:${path.dirname(process.execPath)}:${environment.PATH}` };
  const variables = path.join(bin, "variables");
  writeFileSync(variables, "");
  const running: ChildProcess[] = [];
  const start = (script: string) => spawn("bash", ["--norc", "-c", script], { cwd: folder, env, stdio: ["ignore", "pipe", "pipe"] });
  return {
    paste: (text) =>
      finished(start(`set -ea; source ${variables}; ${text}\ndeclare -p rpc address gate >${variables} 2>/dev/null || true`)),
    leaveRunning: async (line, ready) => {
      const child = start(`exec ${line.replace(/^npx /, "")}`);
      running.push(child);
      await said(child, ready);
    },
    close: async () => {
      await Promise.all(running.map(ended));
    },
  };
}

function write(file: string, line: string): void {
  writeFileSync(file, `#!/bin/sh\n${line}\n`);
  chmodSync(file, 0o755);
}

function finished(child: ChildProcess): Promise<Pasted> {
  const texts: string[] = [];
  for (const stream of [child.stdout, child.stderr]) stream?.on("data", (text: Buffer) => texts.push(text.toString()));
  return new Promise((resolve) => child.once("close", (code) => resolve({ code: code ?? -1, said: texts.join("") })));
}

function said(child: ChildProcess, ready: RegExp): Promise<void> {
  let text = "";
  return new Promise((resolve, reject) => {
    const hear = (chunk: Buffer) => {
      text += chunk.toString();
      if (ready.test(text)) resolve();
    };
    child.stdout?.on("data", hear);
    child.stderr?.on("data", hear);
    child.once("exit", (code) => reject(new Error(`ended with ${code} before it said ${ready}: ${text}`)));
  });
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  const over = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGTERM");
  await over;
}
