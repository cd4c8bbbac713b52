import { concatHex } from "viem";
import { create2AddressOf, create2Deployer } from "../chain/create2-deployer.ts";
import { taskEscrowBytecode, taskEscrowFactoryBytecode } from "./contracts.ts";
import { encodeAbi } from "./encode-abi.ts";
import type { Address } from "./types.ts";

/** Computes where this version's factory stands on every chain on which the CREATE2 deployer made it. Docs: protocol.md, section 13. */
export function canonicalFactory(): Address {
  return create2AddressOf({ from: create2Deployer, creationCode: taskEscrowFactoryBytecode });
}

/**
 * Computes where this version's factory puts, or has put, the escrow of an asset; the zero address is the native currency.
 * @throws ARGUMENT_INVALID
 */
export function escrowAddressOf({ factory, asset }: { factory: Address; asset: Address }): Address {
  const creationCode = concatHex([taskEscrowBytecode, encodeAbi([{ type: "address" }], [asset])]);
  return create2AddressOf({ from: factory, creationCode });
}
