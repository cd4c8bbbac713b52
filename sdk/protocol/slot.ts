import { getAddress, slice } from "viem";
import type { Address, Hex, Opening, Slot } from "./types.ts";

/** The high bit of a stored slot's number: its seal is a commitment. */
const IS_COMMITMENT = 0x80;

const zeroWord: Hex = `0x${"00".repeat(32)}`;

/** Reads the one word of a slot, the mirror of PackedSlot.sol; undefined where there is no slot. */
export function fromContractSlot({ number, seal }: { number: number; seal: Hex }): Slot | undefined {
  if (number === 0) return undefined;
  if ((number & IS_COMMITMENT) !== 0) return { number: number & ~IS_COMMITMENT, commitment: seal };
  return { number, reservedBy: getAddress(slice(seal, 0, 20)) };
}

/**
 * Makes the opening that claims the bond of a slot that was only reserved, in a DEAD task where nobody committed: the reserving
 * address is the payee, the hash and the salt are zero.
 */
export function openingOfReservation({ identity, runner }: { identity: Hex; runner: Address }): Opening {
  return { identity, payee: runner, outputHash: zeroWord, salt: zeroWord };
}
