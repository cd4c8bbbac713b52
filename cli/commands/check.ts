import { mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { Command } from "commander";
import { memoryIn, rememberVerdict } from "../check/remember.ts";
import { verdictLines, verdictRecord } from "../check/show-verdict.ts";
import { readJobFile } from "../job-file/read-job-file.ts";
import type { Act, Answer, Context } from "../program/context.ts";
import { openEngine } from "../program/open-engine.ts";
import { withExample } from "../program/options.ts";

/** `parity check`: finds out whether a job gives the same output everywhere, and if not, why. */
export function checkCommand(act: Act): Command {
  const command = new Command("check")
    .summary("find out whether a job's output is the same everywhere")
    .description(
      "Runs a job again and again on your own engine, with one thing changed at a time (the date, random numbers, the order of directories…), and says what its output depends on, where it differs first, and under which level it is safe. Costs nothing; takes 5 runs for most jobs, and at most 32.\nExits with 0 when the output is the same everywhere at the job's level, with 2 when it is not.",
    )
    .argument("<job>", "the job file, or a folder with a job.json");
  return withExample(command, "parity check hello").action(
    act(async (context, _options: object, job: string) => {
      const workDirectory = await mkdtemp(path.join(os.tmpdir(), "parity-check-"));
      try {
        return await check(context, job, workDirectory);
      } finally {
        await rm(workDirectory, { recursive: true, force: true });
      }
    }),
  );
}

async function check(context: Context, jobPath: string, workDirectory: string): Promise<Answer> {
  const { printer, signal } = context;
  const { file, job } = await readJobFile(jobPath);
  const engine = await openEngine(context);
  const [{ resolveJob }, { runCheck }] = await Promise.all([import("../job-file/resolve-job.ts"), import("../check/run-check.ts")]); // bring the sandbox
  const resolved = await resolveJob({
    job,
    baseDirectory: path.dirname(file),
    workDirectory,
    engine: async () => engine,
    signal,
    onStep: (step) => printer.progress(step === "packing" ? "Packing the image…" : "Hashing the input…"),
  });
  const verdict = await runCheck({
    job: resolved,
    engine,
    workDirectory,
    extent: "whole",
    signal,
    onProgress: ({ runs, atMost }) => printer.progress(`Checking: ${runs} of at most ${atMost} runs done…`),
  });
  await rememberVerdict(memoryIn(context.directory), resolved.jobHash, verdict);
  printer.result(verdictRecord(resolved.jobHash, verdict), verdictLines(verdict, printer.paint));
  return verdict.isDeterministic ? 0 : 2;
}
