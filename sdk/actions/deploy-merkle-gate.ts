import { encodeDeployData } from "viem";
import type { ChainClient } from "../chain/chain-error.ts";
import { type Deployed, deployCode } from "../chain/deploy-code.ts";
import type { SendOptions } from "../chain/send-call.ts";
import { merkleGateAbi, merkleGateBytecode } from "../protocol/contracts.ts";
import { encoded } from "../protocol/encode-abi.ts";
import type { Hex } from "../protocol/types.ts";

export interface DeployMerkleGateParameters extends SendOptions {
  /** The root of the list's Merkle tree, 0x-hex, 32 bytes. */
  root: Hex;
  /** The sha256 of the list's blob, 0x-hex, 32 bytes. Put the blob into a store that runners can reach. */
  listHash: Hex;
}

/**
 * Deploys a gate that admits the runners of a list, for good: neither the list nor the gate can change.
 * @throws what sendCall throws
 * @example
 * const list = buildMerkleList(addresses.map((runner) => ({ runner })));
 * await store.put(blobFromBytes(list.listBytes));
 * const { address: gate } = await deployMerkleGate(client, list);
 */
export function deployMerkleGate(client: ChainClient, parameters: DeployMerkleGateParameters): Promise<Deployed> {
  const { root, listHash } = parameters;
  const data = encoded(() => encodeDeployData({ abi: merkleGateAbi, bytecode: merkleGateBytecode, args: [root, listHash] }));
  return deployCode(client, data, parameters);
}
