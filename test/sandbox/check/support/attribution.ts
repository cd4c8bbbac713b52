import assert from "node:assert/strict";
import type { Verdict } from "@parity-protocol/sandbox";
import type { CheckLab } from "./check-lab.ts";
import { causedJobs, pureJobs } from "./jobs.ts";

/** Checks a job and holds the verdict against what is known of it. */
export async function assertCauses(lab: CheckLab, name: string): Promise<Verdict> {
  const job = causedJobs[name];
  assert.ok(job, name);
  const verdict = await lab.check(job);
  const said = `${name}: ${verdict.causes.map(({ summary }) => summary).join(" ")}`;
  assert.deepEqual(verdict.causes.map(({ cause }) => cause).sort(), [...job.causes].sort(), said);
  assert.equal(verdict.safeUnder[0], job.safe, said);
  assert.equal(verdict.isDeterministic, job.safe !== "strict@1", said);
  return verdict;
}

/** Checks a job that depends on nothing. */
export async function assertPure(lab: CheckLab, name: string): Promise<void> {
  const job = pureJobs[name];
  assert.ok(job, name);
  const { causes, safeUnder, ending } = await lab.check(job);
  assert.deepEqual(causes, [], name);
  assert.deepEqual(safeUnder, ["plain", "standard@1", "strict@1"], name);
  assert.equal(ending.isExpected, true, `${name} ends as it should`);
}
