import { encodeDeployData, encodeFunctionData, parseAbi } from "viem";
import { getCode } from "viem/actions";
import { readBounded } from "../chain/bounded-read.ts";
import { type ChainClient, withChainErrors } from "../chain/chain-error.ts";
import { type Deployed, deployCode } from "../chain/deploy-code.ts";
import type { SendOptions } from "../chain/send-call.ts";
import { ParityError } from "../errors/index.ts";
import { tokenGateAbi, tokenGateBytecode } from "../protocol/contracts.ts";
import { encoded } from "../protocol/encode-abi.ts";
import type { Address } from "../protocol/types.ts";

export interface DeployTokenGateParameters extends SendOptions {
  /** An ERC-721, or with a minimum an ERC-20. */
  token: Address;
  /** How much of an ERC-20 admits, in its smallest unit; absent or 0 for an ERC-721. */
  minimum?: bigint;
}

const erc165Abi = parseAbi(["function supportsInterface(bytes4 id) view returns (bool)"]);
const erc721InterfaceId = "0x80ac58cd";

/**
 * Deploys a gate that admits the holders of a token, for good. Over an ERC-721 each token is one identity; over an ERC-20 each
 * address that holds the minimum is one, so that the gate is only as strong as holding it in several addresses is expensive.
 * @throws TOKEN_HAS_NO_CODE, NOT_AN_ERC721, and what sendCall throws
 * @example
 * const { address: gate } = await deployTokenGate(client, { token: "0x…" });
 */
export async function deployTokenGate(client: ChainClient, parameters: DeployTokenGateParameters): Promise<Deployed> {
  const { token, minimum = 0n } = parameters;
  const data = encoded(() => encodeDeployData({ abi: tokenGateAbi, bytecode: tokenGateBytecode, args: [token, minimum] }));
  if (minimum === 0n) await requireErc721(client, token);
  return deployCode(client, data, parameters);
}

/** An address without code is left to the contract, which names it. */
async function requireErc721(client: ChainClient, token: Address): Promise<void> {
  const data = encodeFunctionData({ abi: erc165Abi, functionName: "supportsInterface", args: [erc721InterfaceId] });
  const answer = await readBounded(client, { to: token, data });
  const isErc721 = answer !== undefined && answer !== "0x" && BigInt(answer.slice(0, 66)) === 1n;
  if (isErc721 || !(await withChainErrors(client, () => getCode(client, { address: token })))) return;
  throw new ParityError("NOT_AN_ERC721", `The token ${token} does not say that it is an ERC-721, and no minimum is named.`);
}
