import { existsSync } from "node:fs";
import { join } from "node:path";
import { ParityError } from "@parity-protocol/sdk";
import type { RunnerConfig } from "../config.ts";
import { Journal } from "../journal/journal.ts";
import type { TaskRecord } from "../journal/records.ts";
import { midnightBefore, type RunnerStatus, type TaskStatus } from "./status.ts";

/** Where a runner's status can be found. */
export type StatusPlace = Pick<RunnerConfig, "directory"> & Partial<Pick<RunnerConfig, "metricsPort">>;

/**
 * Asks the runner itself, where it serves its status, else its journal, which is not changed.
 * @throws RUNNER_NOT_FOUND where there is neither; JOURNAL_TOO_NEW, JOURNAL_TOO_OLD, RUNNER_DIRECTORY_UNUSABLE
 */
export async function readStatus({ metricsPort, directory }: StatusPlace): Promise<RunnerStatus> {
  const live = metricsPort === undefined ? undefined : await askRunner(metricsPort);
  return live ?? readJournalStatus(join(directory, "journal.sqlite"), Date.now());
}

async function askRunner(port: number): Promise<RunnerStatus | undefined> {
  try {
    const response = await fetch(`http://127.0.0.1:${port}/status`, { signal: AbortSignal.timeout(5_000) });
    return response.ok ? ((await response.json()) as RunnerStatus) : undefined;
  } catch {
    return undefined; // it does not run: the journal says what it held
  }
}

function readJournalStatus(path: string, nowMs: number): RunnerStatus {
  if (!existsSync(path)) throw new ParityError("RUNNER_NOT_FOUND", `No runner answers, and there is no journal ${path}.`);
  const journal = new Journal(path, "read-only");
  try {
    const { tasks, sharesWei, feesWei } = journal.earnings(midnightBefore(nowMs));
    const { chainId, escrow, runner } = journal.owner();
    return {
      source: "journal",
      runner,
      escrow,
      chainId,
      now: Math.floor(nowMs / 1_000),
      notReady: ["chain-not-followed"],
      today: { payouts: tasks, earnedWei: sharesWei.toString(), gasWei: feesWei.toString() },
      tasks: journal.inPlay().map(toTaskStatus),
    };
  } finally {
    journal.close();
  }
}

/** What the journal alone knows: the windows as they were posted, although the commits may have closed earlier. */
function toTaskStatus({ task, promised, output }: TaskRecord): TaskStatus {
  const { terms, taskId } = task;
  const revealsEnd = terms.commitDeadline + terms.revealDelaySeconds + terms.revealWindowSeconds;
  return {
    taskId,
    step: promised ? "promised" : output ? "executed" : "known",
    slot: "unknown",
    deadline: promised ? revealsEnd : terms.commitDeadline,
    shareWei: (terms.bountyWei / BigInt(terms.slots)).toString(),
    bondWei: terms.bondWei.toString(),
  };
}
