import { readContract } from "viem/actions";
import { type ChainClient, withChainErrors } from "../chain/chain-error.ts";
import { isParityError, ParityError } from "../errors/index.ts";
import { checkGate } from "../preflight/check-gate.ts";
import { merkleGateAbi } from "../protocol/contracts.ts";
import type { Address, Hex } from "../protocol/types.ts";

export interface GetGateParameters {
  gate: Address;
}

/** What a MerkleGate says of its list. Both are claims of the gate: a list is right if its own root is this one. */
export interface Gate {
  address: Address;
  /** The root of the list's Merkle tree, 0x-hex, 32 bytes. */
  root: Hex;
  /** The sha256 of the list, which is a blob, 0x-hex, 32 bytes. */
  listHash: Hex;
}

/**
 * Reads which list of runners a MerkleGate admits.
 * @throws NO_CODE_AT_GATE, NOT_A_MERKLE_GATE, RPC_UNREACHABLE
 * @example
 * const { root, listHash } = await getGate(client, { gate });
 */
export async function getGate(client: ChainClient, { gate }: GetGateParameters): Promise<Gate> {
  const contract = { address: gate, abi: merkleGateAbi } as const;
  const read = () =>
    Promise.all([
      readContract(client, { ...contract, functionName: "ROOT" }),
      readContract(client, { ...contract, functionName: "LIST_HASH" }),
    ]);
  try {
    const [root, listHash] = await withChainErrors(client, read);
    return { address: gate, root, listHash };
  } catch (error) {
    if (isParityError(error, "RPC_UNREACHABLE")) throw error;
    await checkGate(client, gate);
    throw new ParityError("NOT_A_MERKLE_GATE", `The contract at ${gate} does not tell the root and the hash of a list.`, { cause: error });
  }
}
