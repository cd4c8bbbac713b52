import { readFile, rename, writeFile } from "node:fs/promises";
import { z } from "zod";
import { diskError, isAbsent } from "../folder/disk-error.ts";
import { Quota, type QuotaRecord, type QuotaTerms } from "./quota.ts";

const recordSchema: z.ZodType<QuotaRecord> = z.object({
  day: z.int().nonnegative(),
  unprovenBytes: z.number().nonnegative(),
  signedBytes: z.number().nonnegative(),
  addresses: z.array(z.tuple([z.custom<`0x${string}`>((text) => /^0x[0-9a-f]{40}$/.test(String(text))), z.number().nonnegative()])),
});

/** Reads what was counted before; a file that is torn or foreign counts as none. @throws STORE_DISK_FAILED */
export async function loadQuota(path: string, terms: QuotaTerms): Promise<Quota> {
  try {
    return new Quota(terms, recordSchema.parse(JSON.parse(await readFile(path, "utf8"))));
  } catch (error) {
    if (isAbsent(error) || error instanceof SyntaxError || error instanceof z.ZodError) return new Quota(terms);
    throw diskError(error, `reading ${path}`);
  }
}

/** Writes what is counted now, in one step. It is not synced: a crash forgives a few seconds' writes. */
export async function saveQuota(path: string, quota: Quota): Promise<void> {
  await writeFile(`${path}.new`, JSON.stringify(quota.record));
  await rename(`${path}.new`, path);
}
