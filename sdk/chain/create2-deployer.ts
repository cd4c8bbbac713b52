import { concatHex, getContractAddress, type Hex } from "viem";
import type { Address } from "../protocol/types.ts";

/**
 * The keyless contract that creates what its calldata holds (32 bytes of salt, then creation code) by CREATE2. It stands at this
 * address on most chains, and anyone can put it on another: docs/protocol.md, section 13.
 */
export const create2Deployer: Address = "0x4e59b44847b379578588920cA78FbF26c0B4956C";

/** Part of every address that follows from code alone; another value would give another set of addresses. */
const salt: Hex = `0x${"0".repeat(64)}`;

/** Computes where a contract creates code by CREATE2 with the salt of this protocol. */
export function create2AddressOf({ from, creationCode }: { from: Address; creationCode: Hex }): Address {
  return getContractAddress({ opcode: "CREATE2", from, salt, bytecode: creationCode });
}

/** Encodes what the CREATE2 deployer is sent. */
export function create2CallOf(creationCode: Hex): { to: Address; data: Hex } {
  return { to: create2Deployer, data: concatHex([salt, creationCode]) };
}
