import type { BlobSource } from "../blobs/blob-source.ts";
import { readBlob } from "../blobs/read-blob.ts";
import type { ChainClient } from "../chain/chain-error.ts";
import { ParityError } from "../errors/index.ts";
import { decodeMerkleList, type GateAdmission, type MerkleList, merkleListBounds } from "../gates/merkle-list.ts";
import type { Address } from "../protocol/types.ts";
import { getGate } from "./get-gate.ts";

export interface GetGateProofParameters {
  gate: Address;
  runner: Address;
  /** Where the gate's list may be; none of them is trusted. */
  sources: readonly BlobSource[];
  signal?: AbortSignal;
}

/**
 * Finds what a runner needs to be admitted by a MerkleGate: fetches the gate's list and proves the runner's place in it. Undefined
 * for a runner that is not on the list.
 * @throws NO_CODE_AT_GATE, NOT_A_MERKLE_GATE, MERKLE_LIST_INVALID, MERKLE_LIST_MISMATCH, BLOB_NOT_FOUND, BLOB_CORRUPT,
 * BLOB_TOO_LARGE, STORE_UNREACHABLE, RPC_UNREACHABLE
 * @example
 * const admission = await getGateProof(client, { gate, runner, sources });
 * if (admission) await reserveSlot(client, { escrow, task: key, proof: admission.proof });
 */
export async function getGateProof(client: ChainClient, parameters: GetGateProofParameters): Promise<GateAdmission | undefined> {
  return (await getGateList(client, parameters)).proofFor(parameters.runner);
}

/**
 * Fetches the list of a MerkleGate and checks that it is the one whose root the gate knows.
 * @throws what getGateProof throws
 */
export async function getGateList(
  client: ChainClient,
  { gate, sources, signal }: Omit<GetGateProofParameters, "runner">,
): Promise<MerkleList> {
  const { root, listHash } = await getGate(client, { gate });
  const request = { sha256: listHash.slice(2), maxBytes: merkleListBounds.bytes };
  const list = decodeMerkleList(await readBlob(sources, signal ? { ...request, signal } : request));
  if (list.root !== root)
    throw new ParityError("MERKLE_LIST_MISMATCH", `The list ${listHash} has the root ${list.root}, the gate ${gate} has ${root}.`);
  return list;
}
