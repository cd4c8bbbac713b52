import { encodeAbi } from "../protocol/encode-abi.ts";
import type { Hex } from "../protocol/types.ts";

/** Encodes what a MerkleGate asks for: abi.encode(bytes32 identity, bytes32[] path). 0x-hex. */
export function encodeGateProof({ identity, path }: { identity: Hex; path: readonly Hex[] }): Hex {
  return encodeAbi([{ type: "bytes32" }, { type: "bytes32[]" }], [identity, path]);
}
