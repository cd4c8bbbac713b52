import type { Address, Hex, TaskTerms } from "./types.ts";

/** Task terms under the contract's names. */
export interface ContractTerms {
  bounty: bigint;
  bond: bigint;
  slots: number;
  quorum: number;
  commitDeadline: number;
  revealDelay: number;
  revealWindow: number;
  gate: Address;
  jobHash: Hex;
  nonce: bigint;
}

/** Renames terms for a contract call. */
export function toContractTerms(terms: TaskTerms): ContractTerms {
  return {
    bounty: terms.bountyWei,
    bond: terms.bondWei,
    slots: terms.slots,
    quorum: terms.quorum,
    commitDeadline: terms.commitDeadline,
    revealDelay: terms.revealDelaySeconds,
    revealWindow: terms.revealWindowSeconds,
    gate: terms.gate,
    jobHash: terms.jobHash,
    nonce: terms.nonce,
  };
}

/** Renames terms that a contract's event carries. */
export function fromContractTerms(terms: ContractTerms): TaskTerms {
  return {
    bountyWei: terms.bounty,
    bondWei: terms.bond,
    slots: terms.slots,
    quorum: terms.quorum,
    commitDeadline: terms.commitDeadline,
    revealDelaySeconds: terms.revealDelay,
    revealWindowSeconds: terms.revealWindow,
    gate: terms.gate,
    jobHash: terms.jobHash,
    nonce: terms.nonce,
  };
}
