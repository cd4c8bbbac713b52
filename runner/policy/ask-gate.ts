import {
  type Address,
  type BlobSource,
  encodeTokenProof,
  getAdmission,
  getGate,
  getGateProof,
  type Hex,
  identityOf,
  isParityError,
  type Task,
  zeroAddress,
} from "@parity-protocol/sdk";
import type { Client } from "viem";
import type { Admission } from "../journal/records.ts";

/** What asking a gate needs. */
export interface GateDeps {
  client: Client;
  runner: Address;
  sources: readonly BlobSource[];
  signal: AbortSignal;
}

/** Remembers the proof for each gate: neither its kind nor its list can change. The operator may have said one beforehand. */
export type ProofCache = Map<Address, Promise<Hex | undefined>>;

/** Begins a cache with the proofs that follow from what the operator says: for a gate, the token of an ERC-721 that is held. */
export function proofsOfTokens(gateTokens: readonly (readonly [gate: Address, tokenId: bigint])[]): ProofCache {
  return new Map(gateTokens.map(([gate, tokenId]) => [gate, Promise.resolve(encodeTokenProof(tokenId))]));
}

/**
 * Asks a task's gate whether it admits this runner, and as whom; undefined where it does not. The proof for a gate with a published
 * list is found in the list, that for a token's gate is the token that the operator named; other gates are asked without one.
 * @throws RPC_UNREACHABLE, RPC_FAILED; BLOB_NOT_FOUND, STORE_UNREACHABLE where the list cannot be fetched
 */
export async function askGate(deps: GateDeps, { terms, taskId }: Task, proofs: ProofCache): Promise<Admission | undefined> {
  const { client, runner } = deps;
  const { gate } = terms;
  if (gate === zeroAddress) return { identity: identityOf(runner), proof: "0x" };
  const proof = await rememberedProof(deps, gate, proofs);
  if (proof === undefined) return undefined;
  const identity = await getAdmission(client, { gate, runner, proof, taskId });
  return identity && { identity, proof };
}

function rememberedProof(deps: GateDeps, gate: Address, proofs: ProofCache): Promise<Hex | undefined> {
  const known = proofs.get(gate);
  if (known) return known;
  const finding = findProof(deps, gate);
  proofs.set(gate, finding);
  finding.catch(() => proofs.delete(gate));
  return finding;
}

async function findProof({ client, ...where }: GateDeps, gate: Address): Promise<Hex | undefined> {
  try {
    const known = await getGate(client, { gate });
    if (known.kind === "merkle") return (await getGateProof(client, { gate, ...where }))?.proof;
    // Over an ERC-721 nobody is admitted without a token, and nobody but the operator knows which one is held.
    return known.kind === "token" && known.standard === "ERC-721" ? undefined : "0x";
  } catch (error) {
    if (isParityError(error, "NO_CODE_AT_GATE")) return undefined;
    throw error;
  }
}
