import { isHex } from "viem";
import { getCode } from "viem/actions";
import { type ChainClient, rpcLabel, withChainErrors } from "../chain/chain-error.ts";
import { ParityError } from "../errors/index.ts";
import { type Address, type Hex, zeroAddress } from "../protocol/types.ts";

/**
 * Checks that a gate, if there is one, is a contract.
 * @throws NO_CODE_AT_GATE, RPC_UNREACHABLE
 */
export async function checkGate(client: ChainClient, gate: Address): Promise<void> {
  if (gate !== zeroAddress) await getGateCode(client, gate);
}

/**
 * Reads the code of a gate.
 * @throws NO_CODE_AT_GATE, RPC_UNREACHABLE
 */
export async function getGateCode(client: ChainClient, gate: Address): Promise<Hex> {
  const code = await withChainErrors(client, () => getCode(client, { address: gate }));
  if (code !== undefined && !isHex(code))
    throw new ParityError("RPC_FAILED", `${rpcLabel(client)} answered a question for code with something else.`);
  if (code) return code;
  throw new ParityError("NO_CODE_AT_GATE", `There is no contract at the gate ${gate} on the chain of ${rpcLabel(client)}.`);
}
