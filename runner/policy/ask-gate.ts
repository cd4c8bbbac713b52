import {
  type Address,
  type BlobSource,
  getGateProof,
  type Hex,
  identityOf,
  isParityError,
  type Task,
  zeroAddress,
} from "@parity-protocol/sdk";
import { BaseError, type Client, ContractFunctionRevertedError, ContractFunctionZeroDataError, parseAbi } from "viem";
import { readContract } from "viem/actions";
import type { Admission } from "../journal/records.ts";

const gateAbi = parseAbi(["function admit(bytes32 taskId, address runner, bytes proof) view returns (bytes32)"]);

/** What asking a gate needs. */
export interface GateDeps {
  client: Client;
  runner: Address;
  sources: readonly BlobSource[];
  signal: AbortSignal;
}

/** Remembers the proof for each gate with a list: such a gate can change neither. */
export type ProofCache = Map<Address, Promise<Hex | undefined>>;

/**
 * Asks a task's gate whether it admits this runner, and as whom; undefined where it does not. The proof for a gate with a published
 * list is found in the list; other gates are asked without one.
 * @throws RPC_UNREACHABLE, RPC_FAILED; BLOB_NOT_FOUND, STORE_UNREACHABLE where the list cannot be fetched
 */
export async function askGate(deps: GateDeps, { terms, taskId }: Task, proofs: ProofCache): Promise<Admission | undefined> {
  const { client, runner } = deps;
  const { gate } = terms;
  if (gate === zeroAddress) return { identity: identityOf(runner), proof: "0x" };
  const proof = await rememberedProof(deps, gate, proofs);
  if (proof === undefined) return undefined;
  const identity = await unlessRefused(() =>
    readContract(client, { address: gate, abi: gateAbi, functionName: "admit", args: [taskId, runner, proof] }),
  );
  return identity === undefined || BigInt(identity) === 0n ? undefined : { identity, proof };
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
    return (await getGateProof(client, { gate, ...where }))?.proof;
  } catch (error) {
    if (isParityError(error, "NOT_A_MERKLE_GATE")) return "0x";
    if (isParityError(error, "NO_CODE_AT_GATE")) return undefined;
    throw error;
  }
}

/** A gate that reverts, or has no such function, has answered; an RPC that fails has not. */
async function unlessRefused<T>(read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    const isAnswer = (cause: unknown) => cause instanceof ContractFunctionRevertedError || cause instanceof ContractFunctionZeroDataError;
    if (error instanceof BaseError && error.walk(isAnswer) !== null) return undefined;
    throw error;
  }
}
