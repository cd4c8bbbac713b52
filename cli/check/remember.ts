import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import type { Verdict } from "@parity-protocol/sandbox";
import type { Hex } from "@parity-protocol/sdk";
import { z } from "zod";
import { findNetwork } from "../network/network-file.ts";

/** Raised when a check sees more than before: what was remembered then counts no more. */
const CHECK_VERSION = 1;
const MOST_REMEMBERED = 1_000;

/** What decides whether a job is posted is checked; the rest is for people. */
const memorySchema = z.object({
  version: z.literal(CHECK_VERSION),
  jobHash: z.string(),
  verdict: z.looseObject({
    level: z.string(),
    isDeterministic: z.boolean(),
    ending: z.looseObject({ outcome: z.string(), isExpected: z.boolean() }),
    causes: z.array(z.looseObject({ summary: z.string() })),
    hints: z.array(z.string()),
  }),
});

/** Names the folder of remembered verdicts, beside the network file; without one nothing is remembered, and no folder is made for it. */
export function memoryIn(directory: string): string | undefined {
  const found = findNetwork(directory)?.file;
  return found === undefined ? undefined : path.join(path.dirname(found), "checks");
}

/** Reads the verdict on a job that was checked before; nothing where it was not, or where the file is not one of ours. */
export async function recallVerdict(memory: string | undefined, jobHash: Hex): Promise<Verdict | undefined> {
  if (memory === undefined) return undefined;
  try {
    const parsed = memorySchema.safeParse(JSON.parse(await readFile(fileOf(memory, jobHash), "utf8")));
    return parsed.success && parsed.data.jobHash === jobHash ? (parsed.data.verdict as unknown as Verdict) : undefined;
  } catch {
    return undefined; // a check costs seconds, and a memory that cannot be read is none
  }
}

/** Writes the verdict on a job in one step, and forgets the oldest when there are too many. A memory that cannot be written is none. */
export async function rememberVerdict(memory: string | undefined, jobHash: Hex, verdict: Verdict): Promise<void> {
  if (memory === undefined) return;
  const file = fileOf(memory, jobHash);
  try {
    await mkdir(memory, { recursive: true });
    await writeFile(`${file}.${process.pid}`, `${JSON.stringify({ version: CHECK_VERSION, jobHash, verdict }, null, 2)}\n`);
    await rename(`${file}.${process.pid}`, file);
    await forgetOldest(memory);
  } catch {
    await rm(`${file}.${process.pid}`, { force: true });
  }
}

async function forgetOldest(memory: string): Promise<void> {
  const names = await readdir(memory);
  if (names.length <= MOST_REMEMBERED) return;
  const aged = await Promise.all(names.map(async (name) => ({ name, at: (await stat(path.join(memory, name))).mtimeMs })));
  const oldest = aged.sort((a, b) => a.at - b.at).slice(0, names.length - MOST_REMEMBERED);
  await Promise.all(oldest.map(({ name }) => rm(path.join(memory, name), { force: true })));
}

function fileOf(memory: string, jobHash: Hex): string {
  return path.join(memory, `${jobHash.slice(2)}.json`);
}
