import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import type { Hex, OutputManifest } from "@parity-protocol/sdk";
import { packImage } from "../../cli/job-file/pack-image.ts";
import { readJobFile } from "../../cli/job-file/read-job-file.ts";
import type { JobFile } from "../../cli/job-file/schema.ts";
import { findSettings } from "../../cli/network/settings.ts";
import { sourcesOf } from "../../cli/network/stores.ts";
import { openEngine } from "../../cli/program/open-engine.ts";
import { saveResultWhenPublished } from "../../cli/result/save-result.ts";
import { submitJob } from "../../cli/submission/submit-job.ts";
import { followTask } from "../../cli/tasks/follow-task.ts";
import { readTaskReport, type TaskReport } from "../../cli/tasks/task-report.ts";
import { reExecute } from "../../cli/verification/re-execute.ts";
import { noteArchive } from "../demo/traces.ts";
import type { Example } from "./examples.ts";
import { copyAsGarbage } from "./garbage.ts";
import { RUNNERS, type Stage } from "./stage.ts";

const MOST_BYTES = 2 * 1024 ** 3;
const CLAIM_TIMEOUT_MS = 120_000;
const POLL_MS = 200;

/** What three runners made of one job. */
export interface Answer {
  /** How many of them revealed the accepted output, and how many of those were paid. */
  matching: number;
  paid: number;
  /** Of the accepted output; absent where there is none. */
  accepted?: { outputHash: Hex; manifest: OutputManifest };
}

/** An example that went through the whole protocol. */
export interface Showing {
  example: Example;
  level: string;
  imageBytes: number;
  inputBytes: number;
  answer: Answer;
  /** The same job once more on this machine, as `parity verify` runs it. */
  verified?: { outputHash: Hex; durationMs: number };
  /** What the same job gives for an input that is none. */
  garbled: Answer;
  expectedExitCode: number;
}

/** Plays an example on the stage: packed, posted, answered by three runners, paid, verified, and the same for garbage. */
export async function playExample(stage: Stage, example: Example): Promise<Showing> {
  const directory = path.join(stage.directory, example.name);
  mkdirSync(directory);
  try {
    const { file, job } = await readJobFile(example.jobFile);
    const baseDirectory = path.dirname(file);
    const engine = () => openEngine(stage.context);
    const archive = await packImage({ image: job.image, baseDirectory, outputDirectory: directory, engine, signal: stage.context.signal });
    await noteArchive(stage.traces, archive);
    const input = job.input === undefined ? undefined : path.resolve(baseDirectory, job.input);
    const write = (name: string, changed: Partial<JobFile>) => {
      const jobFile = path.join(directory, `${name}.json`);
      writeFileSync(jobFile, JSON.stringify({ ...job, image: { archive: archive.path }, ...changed }));
      return jobFile;
    };
    const played = await play(stage, write("job", input === undefined ? {} : { input }));
    const garbled = path.join(directory, "garbage");
    if (input !== undefined) copyAsGarbage(input, { target: garbled, command: job.command });
    return {
      example,
      level: job.determinism?.level ?? "",
      imageBytes: archive.bytes,
      ...played,
      garbled: (await play(stage, write("garbled", { input: garbled }))).answer,
      expectedExitCode: job.expect?.exitCode ?? 0,
    };
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

async function play(stage: Stage, jobFile: string): Promise<Pick<Showing, "answer" | "verified" | "inputBytes">> {
  const terms = { slots: String(RUNNERS), quorum: "2", bond: "0wei", revealDelay: "0s", revealWindow: "2m" };
  const { task, network, job } = await submitJob(stage.context, jobFile, { ...terms, yes: true, check: false });
  const { signal } = stage.context;
  const place = { ...network.place, signal };
  await followTask({ task, place, until: "closed", onEvent: () => {} });
  const report = await waitForClaims(() => readTaskReport(task, place), signal);
  const matching = report.slots.filter((slot) => slot.standing === "matched");
  const counts = { matching: matching.length, paid: matching.filter(isPaid).length };
  const { outputHash } = report.result;
  if (matching.length === 0) return { answer: counts, inputBytes: job.inputBytes };
  const sources = sourcesOf(task, findSettings(stage.context, {}));
  const out = `${jobFile}.out`;
  const fetching = { taskId: task.taskId, outputHash, out, isForced: false, maxBytes: MOST_BYTES, sources, matching, signal };
  const { manifest } = await saveResultWhenPublished(fetching);
  const engine = await openEngine(stage.context);
  const verified = await reExecute({ jobHash: task.terms.jobHash, sources, engine, maxBytes: MOST_BYTES, signal });
  return { answer: { ...counts, accepted: { outputHash, manifest } }, verified, inputBytes: job.inputBytes };
}

const isPaid = ({ claimed }: TaskReport["slots"][number]) => claimed !== undefined && claimed.shareWei > 0n;

/** Runners claim once the task is closed; one that never does is a finding, not a reason to wait for ever. */
async function waitForClaims(read: () => Promise<TaskReport>, signal: AbortSignal): Promise<TaskReport> {
  const giveUpAt = performance.now() + CLAIM_TIMEOUT_MS;
  while (true) {
    const report = await read();
    const isOver = report.slots.every((slot) => slot.standing !== "matched" || isPaid(slot));
    if (isOver || performance.now() > giveUpAt) return report;
    await pause(POLL_MS, undefined, { signal });
  }
}
