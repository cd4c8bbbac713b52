import { createHash } from "node:crypto";
import { cpSync, readdirSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";

/** Bytes that nobody would call input: they depend on nothing but the seed, so that every run of a test gets the same ones. */
export function garbage(bytes: number, seed: string): Uint8Array {
  const blocks = Array.from({ length: Math.ceil(bytes / 32) }, (_, i) => createHash("sha256").update(`${seed} ${i}`).digest());
  return Buffer.concat(blocks).subarray(0, bytes);
}

/** Copies an input folder, every file of it replaced by garbage of the same length; a script that the command runs stays. */
export function copyAsGarbage(input: string, { target, command }: { target: string; command: readonly string[] }): void {
  cpSync(input, target, { recursive: true });
  const script = scriptOf(command);
  for (const file of filesIn(target)) {
    const name = path.relative(target, file);
    if (name !== script) writeFileSync(file, garbage(statSync(file).size, name));
  }
}

const interpreters = new Set(["sh", "bash", "dash", "busybox", "node", "python3"]);

/** The file of the input that a command's interpreter runs, by its path in the input. */
export function scriptOf([program = "", ...args]: readonly string[]): string | undefined {
  if (!interpreters.has(path.posix.basename(program))) return undefined;
  return args.find((argument) => argument.startsWith("/input/"))?.slice("/input/".length);
}

function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name));
}
