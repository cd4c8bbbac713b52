import { erc20Abi } from "viem";
import { readContract } from "viem/actions";
import { type ChainClient, isWithoutAnswer, withChainErrors } from "../chain/chain-error.ts";
import { type Abortable, withSignal } from "../chain/with-signal.ts";
import { type Address, zeroAddress } from "../protocol/types.ts";

export interface GetAssetParameters extends Abortable {
  /** An ERC-20, or the zero address for the chain's native currency: what getEscrow returns. */
  asset: Address;
}

/** How amounts of an asset are written. A token says so itself: another token may call itself the same. */
export interface Asset {
  address: Address;
  isNative: boolean;
  /** 1 to 16 letters, digits, dots or dashes; absent where a token says nothing of the kind. */
  symbol?: string;
  /** How many digits of an amount stand behind the point; 0 where a token does not say. */
  decimals: number;
}

const SYMBOL = /^[\w.-]{1,16}$/;

/** No token in use has more; an amount has 78 digits at most. */
const MOST_DECIMALS = 36;

/**
 * Reads what an asset is called and how many decimals it has.
 * @throws RPC_UNREACHABLE
 * @example
 * const { symbol, decimals } = await getAsset(client, await getEscrow(client, { escrow }));
 */
export async function getAsset(chain: ChainClient, { asset, signal }: GetAssetParameters): Promise<Asset> {
  const client = withSignal(chain, signal);
  if (asset === zeroAddress) {
    const { symbol = "ETH", decimals = 18 } = client.chain?.nativeCurrency ?? {};
    return { address: asset, isNative: true, symbol, decimals };
  }
  const token = { address: asset, abi: erc20Abi } as const;
  const [symbol, decimals] = await Promise.all([
    orNothing(withChainErrors(client, () => readContract(client, { ...token, functionName: "symbol" }))),
    orNothing(withChainErrors(client, () => readContract(client, { ...token, functionName: "decimals" }))),
  ]);
  return {
    address: asset,
    isNative: false,
    ...(symbol !== undefined && SYMBOL.test(symbol) ? { symbol } : {}),
    decimals: decimals !== undefined && decimals <= MOST_DECIMALS ? decimals : 0,
  };
}

/** Both functions are optional in ERC-20, and some tokens answer in another form. */
async function orNothing<T>(asked: Promise<T>): Promise<T | undefined> {
  try {
    return await asked;
  } catch (error) {
    if (isWithoutAnswer(error)) throw error;
    return undefined;
  }
}
