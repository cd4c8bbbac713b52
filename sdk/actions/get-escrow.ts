import { getChainId, getCode, readContract } from "viem/actions";
import { type ChainClient, rpcLabel, withChainErrors } from "../chain/chain-error.ts";
import { isParityError, ParityError } from "../errors/index.ts";
import { taskEscrowAbi } from "../protocol/contracts.ts";
import { type Address, zeroAddress } from "../protocol/types.ts";

export interface GetEscrowParameters {
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
}

/**
 * Reads what an escrow is, and checks that it is one, on the chain that is meant.
 * @throws WRONG_CHAIN, NO_CODE_AT_ESCROW, NOT_AN_ESCROW, RPC_UNREACHABLE
 * @example
 * const { asset, isNative } = await getEscrow(client, { escrow: "0x5FbD…", chainId: 1 });
 */
export async function getEscrow(client: ChainClient, { escrow, chainId }: GetEscrowParameters): Promise<Escrow> {
  const expected = chainId ?? client.chain?.id;
  const actual = await withChainErrors(client, () => getChainId(client));
  if (expected !== undefined && expected !== actual)
    throw new ParityError("WRONG_CHAIN", `${rpcLabel(client)} serves chain ${actual}, not chain ${expected}.`, {
      details: { actual, expected },
    });
  const asset = await readAsset(client, escrow);
  return { address: escrow, chainId: actual, asset, isNative: asset === zeroAddress };
}

/** Asks for what only a TaskEscrow has, in one round trip, and says what is wrong if there is none. */
async function readAsset(client: ChainClient, escrow: Address): Promise<Address> {
  const contract = { address: escrow, abi: taskEscrowAbi } as const;
  const read = () =>
    Promise.all([
      readContract(client, { ...contract, functionName: "asset" }),
      readContract(client, { ...contract, functionName: "MAX_SLOTS" }),
      readContract(client, { ...contract, functionName: "MAX_LOCATION_BYTES" }),
    ]);
  try {
    const [asset] = await withChainErrors(client, read);
    return asset;
  } catch (error) {
    if (isParityError(error, "RPC_UNREACHABLE")) throw error;
    const code = await withChainErrors(client, () => getCode(client, { address: escrow }));
    if (!code) throw new ParityError("NO_CODE_AT_ESCROW", `There is no contract at ${escrow} on the chain of ${rpcLabel(client)}.`);
    throw new ParityError("NOT_AN_ESCROW", `The contract at ${escrow} is not a TaskEscrow.`, { cause: error });
  }
}
