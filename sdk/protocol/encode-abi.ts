import { type AbiParameter, type AbiParameterToPrimitiveType, BaseError, encodeAbiParameters, type Hex } from "viem";
import { ParityError } from "../errors/index.ts";

/**
 * Encodes values as the contract's abi.encode does.
 * @throws ARGUMENT_INVALID for a value that its type cannot hold
 */
export function encodeAbi<const Types extends readonly AbiParameter[]>(
  types: Types,
  values: { [I in keyof Types]: AbiParameterToPrimitiveType<Types[I]> },
): Hex {
  return encoded(() => encodeAbiParameters(types, values as never));
}

/** Runs an encoding and says in this project's words what was wrong with its values. @throws ARGUMENT_INVALID */
export function encoded<T>(encode: () => T): T {
  try {
    return encode();
  } catch (cause) {
    throw new ParityError("ARGUMENT_INVALID", cause instanceof BaseError ? cause.shortMessage : String(cause), { cause });
  }
}
