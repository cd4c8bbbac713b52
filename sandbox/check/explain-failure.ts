import { z } from "zod";
import type { CheckedRun } from "./compare-runs.ts";
import type { CheckRequest, Runs } from "./runs.ts";

/** Calls that a job is told do not exist, by what people call them. */
const missingCalls: Readonly<Record<string, string>> = {
  io_uring_setup: "io_uring",
  io_setup: "asynchronous I/O (io_setup)",
  signalfd: "signalfd",
  signalfd4: "signalfd",
};

const countsSchema = z.object({ missing: z.array(z.string().max(256)).max(256) });
const counts = /^determinizer: (\{.*\})$/gm;

/** Says what a job that failed asked for in vain: devices that no job has, and calls that no level offers. */
export async function explainFailure(
  runs: Runs,
  { request, own, isStrictPossible }: { request: CheckRequest; own: CheckedRun; isStrictPossible: boolean },
): Promise<string[]> {
  const { manifest } = own;
  const isAsExpected = manifest.outcome !== "exited" || manifest.exitCode === request.spec.expect.exitCode;
  if (isAsExpected || !isStrictPossible) return [];
  const { stderr } = await runs.run("strict@1", { determinizer: ["--counts"], seesMissingCalls: true });
  const names = missingIn(stderr).map((name) => missingCalls[name] ?? name);
  return names.length === 0
    ? []
    : [`The job failed after it had asked in vain for ${[...new Set(names)].join(", ")}: no level offers that.`];
}

/** Reads the names from the determinizer's last words; the job can write such lines too, so they are words and no more. */
function missingIn(stderr: Uint8Array): string[] {
  const last = [...Buffer.from(stderr).toString("utf8").matchAll(counts)].at(-1)?.[1];
  if (last === undefined) return [];
  const parsed = countsSchema.safeParse(JSON.parse(last));
  return parsed.success ? parsed.data.missing.filter((name) => name.startsWith("/dev/") || name in missingCalls || name.includes("_")) : [];
}
