import { type ChildProcess, spawn } from "node:child_process";
import path from "node:path";

const program = path.join(import.meta.dirname, "reaper-main.ts");

/** Ends what this process started even if this process is killed and cannot do so itself. */
export interface Reaper {
  readonly pid: number | undefined;
  /** Puts a process group under the reaper's watch. */
  adopt(pid: number): void;
  /** Takes a process group, which has ended, off its list. */
  release(pid: number): void;
  /** Lets it remove a file or folder too. */
  adoptFile(file: string): void;
  /** Ends the reaper, which then does nothing. */
  dismiss(): Promise<void>;
}

/** Starts the reaper: a small process of its own that notices the end of its standard input. */
export function startReaper(): Reaper {
  const child = spawn(process.execPath, [program], { stdio: ["pipe", "ignore", "ignore"], detached: true });
  // If it cannot be reached, the network runs on without this safety net.
  child.stdin.on("error", () => {});
  child.on("error", () => {});
  const tell = (line: string) => void child.stdin.write(`${line}\n`);
  return {
    pid: child.pid,
    adopt: (pid) => tell(`adopt ${pid}`),
    release: (pid) => tell(`release ${pid}`),
    adoptFile: (file) => tell(`remove ${file}`),
    dismiss: () => dismiss(child),
  };
}

async function dismiss(child: ChildProcess): Promise<void> {
  const ended = child.exitCode !== null ? Promise.resolve() : new Promise<void>((resolve) => child.once("exit", () => resolve()));
  child.stdin?.end("dismiss\n");
  await ended;
}
