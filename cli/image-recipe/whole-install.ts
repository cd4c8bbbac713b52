import { readFile } from "node:fs/promises";
import path from "node:path";
import { z } from "zod";

/** A package may name one platform without a list. */
const platforms = z.union([z.string().transform((name) => [name]), z.array(z.string())]).optional();

const lockSchema = z.looseObject({
  packages: z.record(
    z.string(),
    z.looseObject({
      dev: z.boolean().optional(),
      devOptional: z.boolean().optional(),
      os: platforms,
      cpu: platforms,
      libc: platforms,
    }),
  ),
});

type Locked = z.infer<typeof lockSchema>["packages"][string];

/**
 * Says whether every locked package that is meant for the platform was installed: npm leaves an optional one out, and says nothing, when
 * it cannot be had at the moment.
 * @param folder with package-lock.json and node_modules
 * @param cpu as npm calls it: "x64"
 */
export async function isWholeInstall(folder: string, cpu: string): Promise<boolean> {
  const [wanted, installed] = await Promise.all(
    ["package-lock.json", "node_modules/.package-lock.json"].map((name) => readLock(folder, name)),
  );
  if (!wanted || !installed) return false;
  return Object.entries(wanted.packages)
    .filter(([place, locked]) => place !== "" && isMeant(locked, cpu))
    .every(([place]) => installed.packages[place] !== undefined);
}

/** A C library is not asked for: npm goes by that of this machine. */
function isMeant({ dev, devOptional, os, cpu, libc }: Locked, ours: string): boolean {
  return !dev && !devOptional && libc === undefined && admits(os, "linux") && admits(cpu, ours);
}

function admits(named: readonly string[] | undefined, ours: string): boolean {
  if (named === undefined || named.length === 0 || named.includes(ours)) return true;
  return named.every((name) => name.startsWith("!")) && !named.includes(`!${ours}`);
}

async function readLock(folder: string, name: string): Promise<z.infer<typeof lockSchema> | undefined> {
  try {
    return lockSchema.parse(JSON.parse(await readFile(path.join(folder, name), "utf8")));
  } catch {
    return undefined; // npm reads more kinds of lock than this does
  }
}
