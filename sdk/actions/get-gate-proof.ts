import type { BlobSource } from "../blobs/blob-source.ts";
import { readBlob } from "../blobs/read-blob.ts";
import type { ChainClient } from "../chain/chain-error.ts";
import { ParityError } from "../errors/index.ts";
import { decodeMerkleList, type GateAdmission, type MerkleList, merkleListBounds } from "../gates/merkle-list.ts";
import { encodeTokenProof } from "../gates/token-proof.ts";
import type { Address } from "../protocol/types.ts";
import { getAdmission } from "./get-admission.ts";
import { getGate, type HolderGate, type ListGate } from "./get-gate.ts";

export interface GetGateProofParameters {
  gate: Address;
  runner: Address;
  /** Where the list of a MerkleGate may be; none of them is trusted. */
  sources: readonly BlobSource[];
  /** Which token the runner holds, for a TokenGate over an ERC-721. */
  tokenId?: bigint;
  signal?: AbortSignal;
}

/**
 * Finds what a runner needs to be admitted by a MerkleGate (its place in the gate's list, which is fetched) or by a TokenGate (the
 * token that it holds). Undefined for a runner that is not on the list, or does not hold the token.
 * @throws NO_CODE_AT_GATE, GATE_UNKNOWN, TOKEN_ID_MISSING, MERKLE_LIST_INVALID, MERKLE_LIST_MISMATCH, BLOB_NOT_FOUND, BLOB_CORRUPT,
 * BLOB_TOO_LARGE, STORE_UNREACHABLE, RPC_UNREACHABLE, RPC_FAILED
 * @example
 * const admission = await getGateProof(client, { gate, runner, sources });
 * if (admission) await reserveSlot(client, { escrow, task: key, proof: admission.proof });
 */
export async function getGateProof(client: ChainClient, parameters: GetGateProofParameters): Promise<GateAdmission | undefined> {
  const gate = await getGate(client, parameters);
  if (gate.kind === "merkle") return (await fetchList(gate, parameters)).proofFor(parameters.runner);
  if (gate.kind === "token") return proveHolding(client, gate, parameters);
  throw new ParityError("GATE_UNKNOWN", `The gate ${gate.address} is neither a MerkleGate nor a TokenGate.`);
}

/**
 * Fetches the list of a MerkleGate and checks that it is the one whose root the gate knows.
 * @throws NOT_A_MERKLE_GATE, and what getGateProof throws
 */
export async function getGateList(client: ChainClient, parameters: Omit<GetGateProofParameters, "runner">): Promise<MerkleList> {
  const gate = await getGate(client, parameters);
  if (gate.kind === "merkle") return fetchList(gate, parameters);
  throw new ParityError("NOT_A_MERKLE_GATE", `The contract at ${gate.address} does not tell the root and the hash of a list.`);
}

type Fetching = Pick<GetGateProofParameters, "sources" | "signal">;

async function fetchList({ address, root, listHash }: ListGate, { sources, signal }: Fetching): Promise<MerkleList> {
  const request = { sha256: listHash.slice(2), maxBytes: merkleListBounds.bytes };
  const list = decodeMerkleList(await readBlob(sources, signal ? { ...request, signal } : request));
  if (list.root === root) return list;
  throw new ParityError("MERKLE_LIST_MISMATCH", `The list ${listHash} has the root ${list.root}, the gate ${address} has ${root}.`);
}

async function proveHolding(
  client: ChainClient,
  { address, token, standard }: HolderGate,
  { runner, tokenId }: GetGateProofParameters,
): Promise<GateAdmission | undefined> {
  if (standard === "ERC-721" && tokenId === undefined)
    throw new ParityError(
      "TOKEN_ID_MISSING",
      `The gate ${address} admits the holder of a token of ${token}; which token ${runner} holds is not said.`,
    );
  const proof = standard === "ERC-721" && tokenId !== undefined ? encodeTokenProof(tokenId) : "0x";
  const identity = await getAdmission(client, { gate: address, runner, proof });
  return identity && { identity, proof };
}
