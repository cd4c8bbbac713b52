import { type Abi, type ContractFunctionArgs, type ContractFunctionName, encodeFunctionData, type Hex } from "viem";
import { taskEscrowAbi } from "../protocol/contracts.ts";
import { encoded } from "../protocol/encode-abi.ts";

type Mutability = "nonpayable" | "payable";
type EscrowFunction = ContractFunctionName<typeof taskEscrowAbi, Mutability>;

/**
 * Encodes a call of the escrow.
 * @throws ARGUMENT_INVALID for an address or a hash that is none
 */
export function encodeEscrowCall<const Name extends EscrowFunction>(
  functionName: Name,
  args: ContractFunctionArgs<typeof taskEscrowAbi, Mutability, Name>,
): Hex {
  // The names and types were checked by the signature; viem's own inference would do it a second time.
  const call = { abi: taskEscrowAbi as Abi, functionName: functionName as string, args: args as readonly unknown[] };
  return encoded(() => encodeFunctionData(call));
}
