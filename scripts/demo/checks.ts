import { readFileSync } from "node:fs";
import path from "node:path";
import type { OutputManifest } from "@parity-protocol/sdk";
import { sha256OfFile } from "@parity-protocol/sdk/node";
import { findSettings } from "../../cli/network/settings.ts";
import { sourcesOf } from "../../cli/network/stores.ts";
import { openEngine } from "../../cli/program/open-engine.ts";
import { saveResultWhenPublished } from "../../cli/result/save-result.ts";
import type { SlotReport, TaskReport } from "../../cli/tasks/task-report.ts";
import { formatSize } from "../../cli/units/size.ts";
import { reExecute } from "../../cli/verification/re-execute.ts";
import { check } from "./screen.ts";
import { nameOf, type Stage } from "./stage.ts";

const MOST_BYTES = 100_000_000;

/** Checks that the honest were paid alike, and the dishonest were not. */
export function checkRunners({ local }: Stage, report: TaskReport): void {
  const { result, slots, task } = report;
  const slotOf = (name: string): SlotReport | undefined => slots.find((slot) => nameOf(local, slot.identity) === name);
  const share = task.terms.bountyWei / 3n;
  const honest = ["ada", "ben", "cleo"].map(slotOf);
  check(
    "three of five agreed, and each got a third of the bounty",
    honest.every((slot) => slot?.standing === "matched" && slot.claimed?.shareWei === share),
  );
  const liar = slotOf("liar");
  const hasLied = liar?.opening !== undefined && liar.opening.outputHash !== result.outputHash;
  check(
    `the liar revealed another output (${liar?.opening?.outputHash.slice(0, 10)}…), earned nothing and has a strike`,
    hasLied && liar.claimed?.shareWei === 0n && liar.strikesInScope === 1,
  );
  const copier = slotOf("copier");
  const isCopy = copier?.commitment !== undefined && slots.some((slot) => slot !== copier && slot.commitment === copier.commitment);
  check(
    "the copier committed to another's very bytes, could not open them, earned nothing",
    isCopy && !copier?.opening && !copier?.claimed && wasRefused(local.runners.find(({ name }) => name === "copier")?.program.logFile),
  );
}

/** The copier tried to open the copy with what its victim revealed. */
function wasRefused(logFile: string | undefined): boolean {
  return logFile !== undefined && readFileSync(logFile, "utf8").includes("Copy refused: WRONG_OPENING");
}

/** Fetches the output and hashes the files on this disk once more. */
export async function checkOutput(stage: Stage, { task, result, slots }: TaskReport): Promise<void> {
  const settings = findSettings(stage.context, {});
  const out = path.join(stage.directory, "result");
  const matching = slots.filter((slot) => slot.standing === "matched");
  const { manifest } = await saveResultWhenPublished({
    taskId: task.taskId,
    outputHash: result.outputHash,
    out,
    isForced: false,
    maxBytes: MOST_BYTES,
    sources: sourcesOf(task, settings),
    matching,
    signal: stage.signal,
  });
  const files = manifest.outcome === "exited" ? manifest.files : [];
  const areSame = await Promise.all(
    files.map(async (file) => (await sha256OfFile(path.join(out, "output", file.path))).sha256 === file.sha256),
  );
  const manifestHash = `0x${(await sha256OfFile(path.join(out, "manifest.json"))).sha256}`;
  check(
    `the output is on this disk: ${describeFiles(manifest)}`,
    files.length > 0 && areSame.every(Boolean) && manifestHash === result.outputHash,
  );
}

function describeFiles(manifest: OutputManifest): string {
  if (manifest.outcome !== "exited") return manifest.outcome;
  return manifest.files.map((file) => `${file.path} (${formatSize(file.bytes)}, sha256 ${file.sha256.slice(0, 8)}…)`).join(", ");
}

/** Runs the job on this machine as `parity verify` does. */
export async function checkReExecution(stage: Stage, { task, result }: TaskReport): Promise<void> {
  const own = await reExecute({
    jobHash: task.terms.jobHash,
    sources: sourcesOf(task, findSettings(stage.context, {})),
    engine: await openEngine(stage.context),
    maxBytes: MOST_BYTES,
    signal: stage.signal,
  });
  check(`run once more, by verify: the same output hash ${own.outputHash}`, own.outputHash === result.outputHash);
}
