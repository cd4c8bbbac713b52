import type { Hex } from "viem";
import {
  merkleGateDeployedBytecode,
  merkleGateImmutableRanges,
  taskEscrowDeployedBytecode,
  taskEscrowFactoryDeployedBytecode,
  taskEscrowFactoryImmutableRanges,
  taskEscrowImmutableRanges,
  tokenGateDeployedBytecode,
  tokenGateImmutableRanges,
} from "../protocol/contracts.ts";

/** The contracts whose code this version knows. */
const contracts = {
  TaskEscrow: { code: taskEscrowDeployedBytecode, immutables: taskEscrowImmutableRanges },
  TaskEscrowFactory: { code: taskEscrowFactoryDeployedBytecode, immutables: taskEscrowFactoryImmutableRanges },
  MerkleGate: { code: merkleGateDeployedBytecode, immutables: merkleGateImmutableRanges },
  TokenGate: { code: tokenGateDeployedBytecode, immutables: tokenGateImmutableRanges },
} as const;

/** The name of a contract of this version. */
export type ContractName = keyof typeof contracts;

/** Says whether code that stands on a chain is that of this version's contract; its immutable values do not count. */
export function isCodeOf(name: ContractName, code: Hex): boolean {
  const known = contracts[name];
  return code.length === known.code.length && masked(code, known.immutables) === masked(known.code, known.immutables);
}

/** Names the contract of this version whose code stands on a chain; undefined for any other code. */
export function contractOfCode(code: Hex): ContractName | undefined {
  return (Object.keys(contracts) as ContractName[]).find((name) => isCodeOf(name, code));
}

/** Blanks what differs between two deployments of the same contract. Ranges are in bytes, two digits each, after the 0x. */
function masked(code: Hex, immutables: readonly { start: number; length: number }[]): string {
  let blanked = code.toLowerCase();
  for (const { start, length } of immutables) {
    const from = 2 + 2 * start;
    const digits = 2 * length;
    blanked = blanked.slice(0, from) + "0".repeat(digits) + blanked.slice(from + digits);
  }
  return blanked;
}
