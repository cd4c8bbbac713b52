import { getAddress, pad, slice } from "viem";
import type { Address, Hex } from "./types.ts";

/** Computes the identity of an address where no gate names another: the address, left-padded to 32 bytes. */
export function identityOf(runner: Address): Hex {
  return pad(runner, { size: 32 }).toLowerCase() as Hex;
}

/** Reads the address out of an identity that {@link identityOf} could have made; undefined where a gate chose another form. */
export function addressOfIdentity(identity: Hex): Address | undefined {
  const isPadded = /^0x0{24}[0-9a-fA-F]{40}$/.test(identity);
  return isPadded ? getAddress(slice(identity, 12)) : undefined;
}
