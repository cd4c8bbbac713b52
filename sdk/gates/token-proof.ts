import { keccak256 } from "viem";
import { encodeAbi } from "../protocol/encode-abi.ts";
import type { Address, Hex } from "../protocol/types.ts";

/** Encodes what a TokenGate over an ERC-721 asks for: abi.encode(uint256 tokenId). One over an ERC-20 asks for nothing. 0x-hex. */
export function encodeTokenProof(tokenId: bigint): Hex {
  return encodeAbi([{ type: "uint256" }], [tokenId]);
}

/** Computes the identity that a TokenGate gives to the holder of a token of an ERC-721, whoever that is. 0x-hex, 32 bytes. */
export function tokenIdentityOf({ token, tokenId }: { token: Address; tokenId: bigint }): Hex {
  return keccak256(encodeAbi([{ type: "address" }, { type: "uint256" }], [token, tokenId]));
}
