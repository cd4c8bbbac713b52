import type { Address, Asset } from "@parity-protocol/sdk";

/** What an escrow's amounts are in, and how they are written. */
export interface Currency {
  /** What amounts are shown in: `eth`, or a token's own symbol. */
  name: string;
  decimals: number;
  /** What the smallest amount is called. */
  smallest: string;
  /** Units that an amount may be written in, in small letters, and their decimals. */
  units: Readonly<Record<string, number>>;
  /** The token; absent for the chain's own currency. */
  token?: Address;
}

/** The chain's own currency. */
export const nativeCurrency: Currency = { name: "eth", decimals: 18, smallest: "wei", units: { wei: 0, gwei: 9, eth: 18 } };

const SMALLEST_OF_TOKEN = "units";

/** Says how amounts of an asset are written. A token without a symbol of its own is counted in its smallest units. */
export function currencyOf({ isNative, symbol, decimals, address }: Asset): Currency {
  if (isNative) return nativeCurrency;
  const whole = symbol === undefined ? {} : { [symbol.toLowerCase()]: decimals };
  return {
    name: symbol ?? SMALLEST_OF_TOKEN,
    decimals: symbol === undefined ? 0 : decimals,
    smallest: "unit",
    units: { unit: 0, [SMALLEST_OF_TOKEN]: 0, ...whole },
    token: address,
  };
}

/** Gives an amount as a person would write it. */
export function exampleOf({ name }: Currency): string {
  return `5${name.toLowerCase()}`;
}
