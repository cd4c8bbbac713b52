import type { GasTank } from "../chain/gas-tank.ts";
import type { Capacity } from "../execution/capacity.ts";
import type { Journal } from "../journal/journal.ts";
import type { TaskLives } from "../lifecycle/task-lives.ts";
import type { RunnerMetrics } from "./metrics.ts";
import { midnightBefore, type NotReady, type RunnerStatus } from "./status.ts";

/** What a status is read from. */
export interface StatusParts {
  identity: Required<Pick<RunnerStatus, "runner" | "escrow" | "chainId" | "payee">>;
  lives: Pick<TaskLives, "standings" | "isFollowing" | "isStopping" | "head" | "headAgeMs">;
  gas: Pick<GasTank, "balanceWei" | "neededWei" | "hasEnough">;
  capacity: Pick<Capacity, "free">;
  journal: Pick<Journal, "earnings">;
  now: () => number;
  freeDiskBytes: () => Promise<number>;
  minFreeDiskBytes: number;
}

/** Says what a runner holds, what it earned today, and what keeps it from taking more. */
export async function describeStatus(parts: StatusParts): Promise<RunnerStatus> {
  const { identity, lives, gas, capacity, journal, now } = parts;
  const diskBytes = await parts.freeDiskBytes();
  const { tasks, sharesWei, feesWei } = journal.earnings(midnightBefore(Date.now()));
  return {
    source: "live",
    ...identity,
    now: now(),
    notReady: whyNotReady(parts, diskBytes),
    ...(lives.head ? { head: { block: Number(lives.head.number), ageSeconds: Math.round(lives.headAgeMs / 1_000) } } : {}),
    gas: { balanceWei: (gas.balanceWei ?? 0n).toString(), neededWei: gas.neededWei.toString() },
    free: { ...capacity.free, diskBytes },
    today: { payouts: tasks, earnedWei: sharesWei.toString(), gasWei: feesWei.toString() },
    tasks: lives.standings,
  };
}

function whyNotReady({ lives, gas, minFreeDiskBytes }: StatusParts, diskBytes: number): NotReady[] {
  const reasons: [NotReady, boolean][] = [
    ["chain-not-followed", !lives.isFollowing],
    ["gas-short", !gas.hasEnough],
    ["disk-short", diskBytes < minFreeDiskBytes],
    ["stopping", lives.isStopping],
  ];
  return reasons.flatMap(([reason, isSo]) => (isSo ? [reason] : []));
}

/** Brings the gauges to what the status says. */
export function showStatus(metrics: RunnerMetrics, { tasks, free, head, notReady }: RunnerStatus): void {
  metrics.tasksHeld.reset();
  for (const { step } of tasks) metrics.tasksHeld.inc({ step });
  metrics.freeSlots.set(free?.slots ?? 0);
  metrics.freeDiskBytes.set(free?.diskBytes ?? 0);
  metrics.headAgeSeconds.set(head?.ageSeconds ?? 0);
  metrics.isReady.set(notReady.length === 0 ? 1 : 0);
}
