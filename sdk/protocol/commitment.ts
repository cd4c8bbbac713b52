import { keccak256, slice } from "viem";
import { encodeAbi } from "./encode-abi.ts";
import type { Address, Hex, Opening } from "./types.ts";

/** What a commitment binds. */
export interface CommitmentParameters {
  chainId: number | bigint;
  escrow: Address;
  taskId: Hex;
  opening: Opening;
}

const boundTypes = [
  { type: "uint256" },
  { type: "address" },
  { type: "bytes32" },
  { type: "bytes32" },
  { type: "address" },
  { type: "bytes32" },
  { type: "bytes32" },
] as const;

/**
 * Computes the commitment to an opening: the first 31 bytes of keccak256(abi.encode(chainId, escrow, taskId, identity, payee,
 * outputHash, salt)), 0x-hex. The identity is inside it, so that a copied commitment opens for nobody.
 */
export function commitmentOf({ chainId, escrow, taskId, opening }: CommitmentParameters): Hex {
  const { identity, payee, outputHash, salt } = opening;
  return slice(keccak256(encodeAbi(boundTypes, [BigInt(chainId), escrow, taskId, identity, payee, outputHash, salt])), 0, 31);
}
