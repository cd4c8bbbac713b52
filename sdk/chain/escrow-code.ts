import type { Hex } from "viem";
import { taskEscrowDeployedBytecode, taskEscrowImmutableRanges } from "../protocol/contracts.ts";

/** Says whether code that stands on a chain is that of this version's TaskEscrow; its immutable values do not count. */
export function isEscrowCode(code: Hex): boolean {
  return withoutImmutables(code) === withoutImmutables(taskEscrowDeployedBytecode);
}

/** Blanks what differs between two deployments of the same contract. Ranges are in bytes, two digits each, after the 0x. */
function withoutImmutables(code: Hex): string {
  let blanked = code.toLowerCase();
  for (const { start, length } of taskEscrowImmutableRanges) {
    const from = 2 + 2 * start;
    const digits = 2 * length;
    blanked = blanked.slice(0, from) + "0".repeat(digits) + blanked.slice(from + digits);
  }
  return blanked;
}
