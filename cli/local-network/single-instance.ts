import { closeSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync, writeSync } from "node:fs";
import path from "node:path";
import { ParityError } from "@parity-protocol/sdk";

/** Holds a folder's place for one local network; `release` gives it up. */
export interface Hold {
  file: string;
  /** Lets another process keep the place, too, until both have ended. */
  share(pid: number): void;
  release(): void;
}

/** Takes a folder's place for a local network. A mark that a killed process left is taken over. @throws NETWORK_ALREADY_UP, FILE_UNREADABLE */
export function holdFolder(directory: string): Hold {
  const file = path.join(directory, ".parity", "up.pid");
  mkdirSync(path.dirname(file), { recursive: true });
  if (!tryMark(file)) {
    const pid = ownersOf(file).find(isAlive);
    if (pid !== undefined)
      throw new ParityError("NETWORK_ALREADY_UP", `Process ${pid} already holds a local network in ${directory}.`, {
        hint: `Use it as it is (parity doctor shows it), or end it: kill ${pid}. If that process is not parity, remove ${file}.`,
      });
    rmSync(file, { force: true });
    if (!tryMark(file)) throw new ParityError("NETWORK_ALREADY_UP", `Another parity up is starting in ${directory}.`);
  }
  return { file, share: (pid) => writeFileSync(file, `${process.pid} ${pid}`), release: () => rmSync(file, { force: true }) };
}

function tryMark(file: string): boolean {
  try {
    const mark = openSync(file, "wx", 0o600);
    writeSync(mark, String(process.pid));
    closeSync(mark);
    return true;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw new ParityError("FILE_UNREADABLE", `${file} cannot be written.`, { cause });
  }
}

function ownersOf(file: string): number[] {
  try {
    const pids = readFileSync(file, "utf8").split(" ").map(Number);
    return pids.filter((pid) => Number.isSafeInteger(pid) && pid > 0);
  } catch {
    return []; // it ended in this moment
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
