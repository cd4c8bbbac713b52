import {
  type Address,
  type BlobSource,
  decodeMerkleList,
  type Hex,
  identityOf,
  merkleListBounds,
  readBlob,
  type Task,
  zeroAddress,
} from "@parity-protocol/sdk";
import { createNodeSha256 } from "@parity-protocol/sdk/node";
import { BaseError, type Client, ContractFunctionRevertedError, ContractFunctionZeroDataError, parseAbi } from "viem";
import { readContract } from "viem/actions";
import type { Admission } from "../journal/records.ts";

const gateAbi = parseAbi([
  "function LIST_HASH() view returns (bytes32)",
  "function admit(bytes32 taskId, address runner, bytes proof) view returns (bytes32)",
]);

/** What asking a gate needs. */
export interface GateDeps {
  client: Client;
  runner: Address;
  sources: readonly BlobSource[];
  signal: AbortSignal;
}

/** Remembers the proof that each list of runners gives: lists are named by their hash and never change. */
export type ProofCache = Map<Hex, Promise<Hex | undefined>>;

/**
 * Asks a task's gate whether it admits this runner, and as whom; undefined where it does not. The proof for a gate with a published
 * list is found in the list; other gates are asked without one.
 * @throws RPC_UNREACHABLE, RPC_FAILED; BLOB_NOT_FOUND, STORE_UNREACHABLE where the list cannot be fetched
 */
export async function askGate(deps: GateDeps, { terms, taskId }: Task, proofs: ProofCache): Promise<Admission | undefined> {
  const { client, runner } = deps;
  if (terms.gate === zeroAddress) return { identity: identityOf(runner), proof: "0x" };
  const proof = await findProof(deps, terms.gate, proofs);
  if (proof === undefined) return undefined;
  const identity = await unlessRefused(() =>
    readContract(client, { address: terms.gate, abi: gateAbi, functionName: "admit", args: [taskId, runner, proof] }),
  );
  return identity === undefined || BigInt(identity) === 0n ? undefined : { identity, proof };
}

async function findProof(deps: GateDeps, gate: Address, proofs: ProofCache): Promise<Hex | undefined> {
  const listHash = await unlessRefused(() => readContract(deps.client, { address: gate, abi: gateAbi, functionName: "LIST_HASH" }));
  if (listHash === undefined) return "0x";
  const known = proofs.get(listHash);
  if (known) return known;
  const finding = readProof(deps, listHash);
  proofs.set(listHash, finding);
  finding.catch(() => proofs.delete(listHash));
  return finding;
}

async function readProof({ runner, sources, signal }: GateDeps, listHash: Hex): Promise<Hex | undefined> {
  const request = { sha256: listHash.slice(2), maxBytes: merkleListBounds.bytes, signal, createHash: createNodeSha256 };
  return decodeMerkleList(await readBlob(sources, request)).proofFor(runner)?.proof;
}

/** A gate that has no such function, or that reverts, has answered; an RPC that fails has not. */
async function unlessRefused<T>(read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    const isAnswer =
      error instanceof BaseError &&
      error.walk((cause) => cause instanceof ContractFunctionRevertedError || cause instanceof ContractFunctionZeroDataError) !== null;
    if (isAnswer) return undefined;
    throw error;
  }
}
