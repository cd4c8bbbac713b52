import { type Address, type Hex, size } from "viem";
import { call } from "viem/actions";
import { isParityError } from "../errors/index.ts";
import { type ChainClient, isWithoutAnswer, withChainErrors } from "./chain-error.ts";

/** What the escrow gives a gate (`TaskEscrow.GATE_GAS`). */
const GATE_GAS = 100_000n;
const TRANSACTION_GAS = 21_000n;
/** The most that a byte of calldata costs a transaction since Prague. */
const CALLDATA_BYTE_GAS = 40n;

/**
 * Reads a contract that anyone may have written, with as much gas as the escrow gives a gate, which bounds the answer's size as
 * well. Undefined where the contract refuses, runs out of gas or answers nothing.
 * @throws RPC_UNREACHABLE, RPC_FAILED
 */
export async function readBounded(client: ChainClient, { to, data }: { to: Address; data: Hex }): Promise<Hex | undefined> {
  const gas = GATE_GAS + TRANSACTION_GAS + CALLDATA_BYTE_GAS * BigInt(size(data));
  try {
    return (await withChainErrors(client, () => call(client, { to, data, gas }))).data;
  } catch (error) {
    if (isAnswer(error)) return undefined;
    throw error;
  }
}

/** A contract that fails has answered; an RPC that fails has not. Nodes report some ends of a call as errors of their own. */
function isAnswer(error: unknown): boolean {
  if (isWithoutAnswer(error)) return false;
  if (!isParityError(error, "RPC_FAILED")) return true;
  return /out of gas|outofgas|invalid opcode|invalid jump|stack (under|over)flow/i.test(error.message);
}
