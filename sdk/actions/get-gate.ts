import { encodeFunctionData, getAddress, type Hex, size, slice } from "viem";
import { readBounded } from "../chain/bounded-read.ts";
import type { ChainClient } from "../chain/chain-error.ts";
import { contractOfCode } from "../chain/contract-code.ts";
import { type Abortable, withSignal } from "../chain/with-signal.ts";
import { getGateCode } from "../preflight/check-gate.ts";
import { merkleGateAbi, tokenGateAbi } from "../protocol/contracts.ts";
import type { Address } from "../protocol/types.ts";

export interface GetGateParameters extends Abortable {
  gate: Address;
}

/** Admits the runners of a list. Both hashes are claims of the gate: a list is right if its own root is this one. */
export interface ListGate {
  kind: "merkle";
  address: Address;
  /** The root of the list's Merkle tree, 0x-hex, 32 bytes. */
  root: Hex;
  /** The sha256 of the list, which is a blob, 0x-hex, 32 bytes. */
  listHash: Hex;
  /** Whether its code is this version's MerkleGate; any other contract may admit whom it likes, whatever it answers. */
  isKnownCode: boolean;
}

/** Admits the holders of a token. */
export interface HolderGate {
  kind: "token";
  address: Address;
  token: Address;
  standard: "ERC-721" | "ERC-20";
  /** How much of an ERC-20 admits, in its smallest unit; 0 for an ERC-721. */
  minimum: bigint;
  /** Whether its code is this version's TokenGate; any other contract may admit whom it likes, whatever it answers. */
  isKnownCode: boolean;
}

/** Admits by rules that this version does not know. */
export interface UnknownGate {
  kind: "unknown";
  address: Address;
}

/** What a gate is, by its code and by what it answers. */
export type Gate = ListGate | HolderGate | UnknownGate;

/**
 * Reads which kind of gate stands at an address and whom it admits. Docs: protocol.md, section 5.
 * @throws NO_CODE_AT_GATE, RPC_UNREACHABLE, RPC_FAILED
 * @example
 * const known = await getGate(client, { gate });
 * if (known.kind === "token") console.log(`holders of ${known.token}`);
 */
export async function getGate(chain: ChainClient, { gate, signal }: GetGateParameters): Promise<Gate> {
  const client = withSignal(chain, signal);
  const contract = contractOfCode(await getGateCode(client, gate));
  const read = { client, gate };
  const known = (contract !== "TokenGate" && (await readListGate(read))) || (contract !== "MerkleGate" && (await readHolderGate(read)));
  return known ? { ...known, isKnownCode: contract !== undefined } : { kind: "unknown", address: gate };
}

interface Reading {
  client: ChainClient;
  gate: Address;
}

async function readListGate({ client, gate }: Reading): Promise<Omit<ListGate, "isKnownCode"> | undefined> {
  const root = await readWord({ client, gate }, encodeFunctionData({ abi: merkleGateAbi, functionName: "ROOT" }));
  const listHash = root && (await readWord({ client, gate }, encodeFunctionData({ abi: merkleGateAbi, functionName: "LIST_HASH" })));
  return listHash && { kind: "merkle", address: gate, root, listHash };
}

async function readHolderGate({ client, gate }: Reading): Promise<Omit<HolderGate, "isKnownCode"> | undefined> {
  const word = await readWord({ client, gate }, encodeFunctionData({ abi: tokenGateAbi, functionName: "TOKEN" }));
  if (!word?.startsWith(`0x${"0".repeat(24)}`)) return undefined;
  const least = await readWord({ client, gate }, encodeFunctionData({ abi: tokenGateAbi, functionName: "MINIMUM" }));
  if (least === undefined) return undefined;
  const minimum = BigInt(least);
  return { kind: "token", address: gate, token: getAddress(slice(word, 12)), standard: minimum === 0n ? "ERC-721" : "ERC-20", minimum };
}

/** Anything but one word is the answer of something else. */
async function readWord({ client, gate }: Reading, data: Hex): Promise<Hex | undefined> {
  const answer = await readBounded(client, { to: gate, data });
  return answer !== undefined && size(answer) === 32 ? answer : undefined;
}
