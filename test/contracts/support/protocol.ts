import { type Address, encodeAbiParameters, type Hex, keccak256, pad, slice, toHex, zeroAddress } from "viem";
import { taskEscrowAbi } from "../../../sdk/protocol/contracts.ts";

/** The ABI's own names and widths; amounts as bigint, the rest as numbers. */
export interface Terms {
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

export interface Key {
  submitter: Address;
  termsHash: Hex;
}

export interface Opening {
  identity: Hex;
  payee: Address;
  outputHash: Hex;
  salt: Hex;
}

/** Where hashes are bound to. */
export interface Place {
  chainId: bigint;
  escrow: Address;
}

export const phases = ["NONE", "OPEN", "DEAD", "SEALED", "REVEALING", "ACCEPTED", "VOID"] as const;
export const phase = { NONE: 0, OPEN: 1, DEAD: 2, SEALED: 3, REVEALING: 4, ACCEPTED: 5, VOID: 6 } as const;

const termsType = taskEscrowAbi.find((item) => item.type === "function" && item.name === "postTask")?.inputs[0];

/** keccak256(abi.encode(chainid, escrow, terms)). */
export function termsHashOf(place: Place, terms: Terms): Hex {
  const types = [{ type: "uint256" }, { type: "address" }, termsType as { type: string }];
  return keccak256(encodeAbiParameters(types, [place.chainId, place.escrow, terms]));
}

/** keccak256(abi.encode(submitter, termsHash)). */
export function taskIdOf(key: Key): Hex {
  return keccak256(encodeAbiParameters([{ type: "address" }, { type: "bytes32" }], [key.submitter, key.termsHash]));
}

const commitmentTypes = ["uint256", "address", "bytes32", "bytes32", "address", "bytes32", "bytes32"].map((type) => ({ type }));

/** The first 31 bytes of the hash that seals an opening. */
export function commitmentOf(place: Place, taskId: Hex, opening: Opening): Hex {
  const { identity, payee, outputHash, salt } = opening;
  return slice(
    keccak256(encodeAbiParameters(commitmentTypes, [place.chainId, place.escrow, taskId, identity, payee, outputHash, salt])),
    0,
    31,
  );
}

/** The identity of an address where there is no gate. */
export function identityOf(address: Address): Hex {
  return pad(address.toLowerCase() as Hex, { size: 32 });
}

/** A hash that stands for an answer. */
export function answer(name: string | number): Hex {
  return keccak256(toHex(String(name)));
}

export const nobody = zeroAddress;
