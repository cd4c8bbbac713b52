import { execFile } from "node:child_process";
import { promisify } from "node:util";

/** Compiles a probe; fails with what the compiler said. */
export async function compile(compiler: string, args: readonly string[]): Promise<void> {
  await promisify(execFile)(compiler, [...args]);
}
