import { encodeFunctionData, size, slice } from "viem";
import { readBounded } from "../chain/bounded-read.ts";
import type { ChainClient } from "../chain/chain-error.ts";
import { type Abortable, withSignal } from "../chain/with-signal.ts";
import { checkGate } from "../preflight/check-gate.ts";
import { merkleGateAbi } from "../protocol/contracts.ts";
import { encoded } from "../protocol/encode-abi.ts";
import { identityOf } from "../protocol/identity.ts";
import { type Address, type Hex, zeroAddress } from "../protocol/types.ts";

export interface GetAdmissionParameters extends Abortable {
  /** The zero address admits everybody. */
  gate: Address;
  runner: Address;
  /** What the gate asks for, 0x-hex; nothing unless told. */
  proof?: Hex;
  /** Of the task that it is about, for a gate that tells tasks apart. */
  taskId?: Hex;
}

const anyTask: Hex = `0x${"0".repeat(64)}`;

/**
 * Asks a gate of any kind, as the escrow will, whether it admits a runner: the identity that it gives, 0x-hex, 32 bytes, or
 * undefined. Docs: protocol.md, section 5.
 * @throws NO_CODE_AT_GATE, ARGUMENT_INVALID, RPC_UNREACHABLE, RPC_FAILED
 * @example
 * const identity = await getAdmission(client, { gate, runner, proof: encodeTokenProof(7n) });
 */
export async function getAdmission(chain: ChainClient, parameters: GetAdmissionParameters): Promise<Hex | undefined> {
  const client = withSignal(chain, parameters.signal);
  const { gate, runner, proof = "0x", taskId = anyTask } = parameters;
  if (gate === zeroAddress) return identityOf(runner);
  // Every gate has this function, whatever else it has.
  const data = encoded(() => encodeFunctionData({ abi: merkleGateAbi, functionName: "admit", args: [taskId, runner, proof] }));
  const answer = await readBounded(client, { to: gate, data });
  if (answer === undefined) await checkGate(client, gate);
  if (answer === undefined || size(answer) < 32) return undefined;
  const identity = slice(answer, 0, 32);
  return BigInt(identity) === 0n ? undefined : identity;
}
