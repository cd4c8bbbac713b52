import { keccak256 } from "viem";
import { encodeAbi } from "./encode-abi.ts";
import { toContractTerms } from "./terms.ts";
import type { Address, Hex, TaskKey, TaskTerms } from "./types.ts";

/** The ABI of `TaskTerms`, as the contract declares it. */
const termsParameter = {
  type: "tuple",
  components: [
    { name: "bounty", type: "uint96" },
    { name: "bond", type: "uint96" },
    { name: "slots", type: "uint8" },
    { name: "quorum", type: "uint8" },
    { name: "commitDeadline", type: "uint40" },
    { name: "revealDelay", type: "uint24" },
    { name: "revealWindow", type: "uint24" },
    { name: "gate", type: "address" },
    { name: "jobHash", type: "bytes32" },
    { name: "nonce", type: "uint256" },
  ],
} as const;

/** Hashes a task's terms for one escrow on one chain: keccak256(abi.encode(chainId, escrow, terms)). 0x-hex, 32 bytes. */
export function termsHashOf({ chainId, escrow, terms }: { chainId: number | bigint; escrow: Address; terms: TaskTerms }): Hex {
  const parameters = [{ type: "uint256" }, { type: "address" }, termsParameter] as const;
  return keccak256(encodeAbi(parameters, [BigInt(chainId), escrow, toContractTerms(terms)]));
}

/** Derives the task id from the submitter and the terms' hash: keccak256(abi.encode(submitter, termsHash)). 0x-hex, 32 bytes. */
export function taskIdOf({ submitter, termsHash }: TaskKey): Hex {
  return keccak256(encodeAbi([{ type: "address" }, { type: "bytes32" }], [submitter, termsHash]));
}
