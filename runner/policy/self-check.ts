import type { JobSpec } from "@parity-protocol/sdk";

/** What is asked before a job is run. */
export interface SelfCheckQuestion {
  mode: "off" | "new-images" | "always";
  /** What former checks came to. */
  checks: { selfCheck(subject: string): "same" | "differs" | undefined };
  spec: Pick<JobSpec, "image">;
}

/** Says whether a job is run twice before a commitment: under `new-images` until one job of its image gave the same output twice. */
export function needsSelfCheck({ mode, checks, spec }: SelfCheckQuestion): boolean {
  if (mode === "new-images") return checks.selfCheck(spec.image.archive) !== "same";
  return mode === "always";
}
