import { encodeOutputManifest, type JobSpec, jobBounds, type OutputManifest, outputHashOf, ParityError } from "@parity-protocol/sdk";
import { noticesIn } from "../determinism/notices.ts";
import { isStrict } from "../determinism/strict.ts";
import type { Engine } from "../engine/connect.ts";
import type { BlobDraft, BlobFolder } from "./blob-folder.ts";
import { type Cell, isHeld } from "./cell.ts";
import type { Ending } from "./ending.ts";
import type { JobRun } from "./job-request.ts";
import { markOutput, readOutput } from "./output.ts";
import { type StartFailure, startFailureIn } from "./start-failure.ts";

/** A run whose job has ended, and what it holds open. */
export interface EndedRun {
  engine: Engine;
  spec: JobSpec;
  cell: Cell;
  emptyMark: string;
  folder: BlobFolder;
  stdout: BlobDraft;
  stderr: Uint8Array;
  signal: AbortSignal | undefined;
}

interface Conclusion {
  manifest: OutputManifest;
  reason?: string;
}

/** Reads what an ended job left, and makes the manifest and the durable blobs of it. */
export async function concludeRun(run: EndedRun, ending: Ending): Promise<Omit<JobRun, "durationMs">> {
  const conclusion = bounded(await conclude(run, ending));
  if (conclusion.manifest.outcome !== "exited") await run.folder.close(); // a breach carries no stdout and no files
  await run.folder.put(encodeOutputManifest(conclusion.manifest));
  const blobs = await run.folder.commit();
  return { ...conclusion, outputHash: outputHashOf(conclusion.manifest), blobs, stderr: run.stderr };
}

async function conclude(run: EndedRun, ending: Ending): Promise<Conclusion> {
  if (ending.kind === "breach") return { manifest: { version: 1, outcome: ending.outcome }, reason: ending.reason };
  if (ending.kind === "not-started") return concludeUnstarted(run, ending.failure);
  const failure = startFailureIn(run.stderr, { exitCode: ending.exitCode, stdoutBytes: run.stdout.bytes });
  return failure ? concludeUnstarted(run, failure) : concludeExit(run, ending.exitCode);
}

async function concludeExit(run: EndedRun, exitCode: number): Promise<Conclusion> {
  const { engine, spec, folder, signal } = run;
  const stdout = await run.stdout.keep();
  const budget = { bytes: spec.limits.outputBytes - stdout.bytes, files: spec.limits.outputFiles };
  if (!(await isHeld(engine, run.cell))) throw new ParityError("ENGINE_FAILED", "The engine stopped the holder of the job's output.");
  const isUntouched = (await markOutput(engine, run.cell.holder)) === run.emptyMark;
  const reading = isUntouched ? { files: [] } : await readOutput(engine, run.cell.holder, { folder, budget, signal });
  if ("breach" in reading) return { manifest: { version: 1, outcome: reading.breach }, reason: reading.reason };
  return { manifest: { version: 1, outcome: "exited", exitCode, stdout, files: reading.files }, ...refusalsIn(run, exitCode) };
}

/** What a job of the strict level asked for in vain is likely to be why it failed. */
function refusalsIn({ spec, stderr }: EndedRun, exitCode: number): { reason?: string } {
  if (!isStrict(spec) || exitCode === spec.expect.exitCode) return {};
  const notices = noticesIn(stderr);
  return notices.length > 0 ? { reason: `${notices.join("; ")}.` } : {};
}

async function concludeUnstarted(run: EndedRun, failure: StartFailure): Promise<Conclusion> {
  const stdout = await run.stdout.keep();
  return { manifest: { version: 1, outcome: "exited", exitCode: failure.exitCode, stdout, files: [] }, reason: failure.reason };
}

/** Very many long names may make a manifest that no reader accepts. */
function bounded(conclusion: Conclusion): Conclusion {
  const { length } = encodeOutputManifest(conclusion.manifest);
  if (length <= jobBounds.manifestBytes) return conclusion;
  const reason = `The manifest of the files has ${length} bytes; ${jobBounds.manifestBytes} are allowed.`;
  return { manifest: { version: 1, outcome: "output-too-large" }, reason };
}
