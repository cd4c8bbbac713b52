import { getChainId, getCode, readContract } from "viem/actions";
import { type ChainClient, isWithoutAnswer, rpcLabel, withChainErrors } from "../chain/chain-error.ts";
import { isCodeOf } from "../chain/contract-code.ts";
import { type Abortable, withSignal } from "../chain/with-signal.ts";
import { ParityError } from "../errors/index.ts";
import { taskEscrowAbi } from "../protocol/contracts.ts";
import { type Address, zeroAddress } from "../protocol/types.ts";

export interface GetEscrowParameters extends Abortable {
  escrow: Address;
  /** The chain that is meant; the client's own unless told. */
  chainId?: number;
}

/** What an escrow is and where it is. */
export interface Escrow {
  address: Address;
  chainId: number;
  /** An ERC-20, or the zero address for the chain's native currency. */
  asset: Address;
  isNative: boolean;
  /** Whether its code is this version's TaskEscrow. Any other contract may keep a bounty, whatever it answers. */
  isKnownCode: boolean;
}

/**
 * Reads what an escrow is, and checks that it is one, on the chain that is meant.
 * @throws WRONG_CHAIN, NO_CODE_AT_ESCROW, NOT_AN_ESCROW, RPC_UNREACHABLE
 * @example
 * const { asset, isNative } = await getEscrow(client, { escrow: "0x5FbD…", chainId: 1 });
 */
export async function getEscrow(chain: ChainClient, { escrow, chainId, signal }: GetEscrowParameters): Promise<Escrow> {
  const client = withSignal(chain, signal);
  const expected = chainId ?? client.chain?.id;
  const [actual, code] = await withChainErrors(client, () => Promise.all([getChainId(client), getCode(client, { address: escrow })]));
  if (expected !== undefined && expected !== actual)
    throw new ParityError("WRONG_CHAIN", `${rpcLabel(client)} serves chain ${actual}, not chain ${expected}.`, {
      details: { actual, expected },
    });
  if (!code) throw new ParityError("NO_CODE_AT_ESCROW", `There is no contract at ${escrow} on the chain of ${rpcLabel(client)}.`);
  const asset = await readAsset(client, escrow);
  return { address: escrow, chainId: actual, asset, isNative: asset === zeroAddress, isKnownCode: isCodeOf("TaskEscrow", code) };
}

async function readAsset(client: ChainClient, escrow: Address): Promise<Address> {
  try {
    return await withChainErrors(client, () => readContract(client, { address: escrow, abi: taskEscrowAbi, functionName: "asset" }));
  } catch (error) {
    if (isWithoutAnswer(error)) throw error;
    throw new ParityError("NOT_AN_ESCROW", `The contract at ${escrow} is not a TaskEscrow.`, { cause: error });
  }
}
