import type { Engine, Verdict } from "@parity-protocol/sandbox";
import { isParityError, ParityError } from "@parity-protocol/sdk";
import type { ResolvedJob } from "../job-file/resolve-job.ts";
import type { Context } from "../program/context.ts";
import { memoryIn, recallVerdict, rememberVerdict } from "./remember.ts";
import { runCheck } from "./run-check.ts";
import { refusalHint, refusalText } from "./show-verdict.ts";

/** What this machine lacks to check a job is no reason not to post it. */
const impossible = ["ENGINE_UNREACHABLE", "ENGINE_UNSUPPORTED", "PLATFORM_UNSUPPORTED", "LEVEL_UNSUPPORTED", "JOB_EXCEEDS_ENGINE"] as const;

/**
 * Checks a new job before money moves, once: the verdict is remembered by the job's hash. Where this machine cannot check it, says so.
 * @throws JOB_NONDETERMINISTIC, JOB_GIVES_NO_OUTPUT
 */
export async function requireDeterministic(
  context: Context,
  job: ResolvedJob,
  place: { engine: () => Promise<Engine>; workDirectory: string },
): Promise<void> {
  const { printer } = context;
  const memory = memoryIn(context.directory);
  const recalled = await recallVerdict(memory, job.jobHash);
  const verdict = recalled ?? (await checkNow(context, job, place));
  if (!verdict) return;
  if (!recalled) await rememberVerdict(memory, job.jobHash, verdict);
  if (!verdict.isDeterministic)
    throw new ParityError(verdict.causes.length > 0 ? "JOB_NONDETERMINISTIC" : "JOB_GIVES_NO_OUTPUT", refusalText(verdict), {
      hint: refusalHint(verdict),
      details: { verdict },
    });
  const { level, isDeterministic, runs } = verdict;
  printer.step(
    { event: "checked", jobHash: job.jobHash, level, isDeterministic, runs, isRecalled: recalled !== undefined },
    `Checked: deterministic at ${level}, by ${runs} runs${recalled ? " of an earlier check" : ""}.`,
  );
  if (!verdict.ending.isExpected) printer.warn(unexpectedText(verdict));
}

async function checkNow(
  context: Context,
  job: ResolvedJob,
  { engine, workDirectory }: { engine: () => Promise<Engine>; workDirectory: string },
): Promise<Verdict | undefined> {
  const { printer, signal } = context;
  printer.progress("Running the job here to see whether its output is the same each time (--no-check skips this)…");
  try {
    return await runCheck({ job, engine: await engine(), workDirectory, extent: "quick", signal });
  } catch (error) {
    if (!impossible.some((code) => isParityError(error, code))) throw error;
    const { message, hint } = error as ParityError;
    printer.warn(`The job was not checked: ${message}${isParityError(error, "LEVEL_UNSUPPORTED") ? ` ${hint}` : ""}`);
    return undefined;
  }
}

function unexpectedText({ ending, hints }: Verdict): string {
  const why = [ending.reason, ...hints].filter((text) => text !== undefined).join(" ");
  return `Here the job ended with exit code ${ending.exitCode}, which is not the one that it expects. ${why}`.trim();
}
