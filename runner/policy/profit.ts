import type { JobLimits, TaskTerms } from "@parity-protocol/sdk";

/** What a task's profit is reckoned from. */
export interface ProfitParts {
  terms: Pick<TaskTerms, "bountyWei" | "slots">;
  limits: Pick<JobLimits, "cpus" | "timeoutSeconds">;
  /** What a second of one CPU must earn. */
  cpuSecondPriceWei: bigint;
  /** What the task's gas costs; undefined where it cannot be compared with the asset. */
  gasCostInAsset: bigint | undefined;
}

/** What a task earns and costs at the worst, all in the asset's smallest unit. */
export interface Profit {
  shareWei: bigint;
  gasWei: bigint;
  cpuSeconds: number;
  cpuWei: bigint;
  profitWei: bigint;
}

/** Reckons with the smallest share, which is paid when everyone matches, and with a job that uses all of its time. */
export function profitOf({ terms, limits, cpuSecondPriceWei, gasCostInAsset = 0n }: ProfitParts): Profit {
  const shareWei = terms.bountyWei / BigInt(terms.slots);
  const cpuSeconds = limits.cpus * limits.timeoutSeconds;
  const cpuWei = BigInt(cpuSeconds) * cpuSecondPriceWei;
  return { shareWei, gasWei: gasCostInAsset, cpuSeconds, cpuWei, profitWei: shareWei - gasCostInAsset - cpuWei };
}

/** Values gas in the asset: `nativeInAsset` is what 10^18 wei are worth, in the asset's smallest unit. Rounded up. */
export function gasInAsset(gasWei: bigint, nativeInAsset: bigint): bigint {
  const ether = 10n ** 18n;
  return (gasWei * nativeInAsset + ether - 1n) / ether;
}
