import { type Asset, ParityError } from "@parity-protocol/sdk";
import { formatUnits, parseUnits } from "viem";

/** What amounts of an asset are counted in. */
export function unitOf({ isNative, symbol }: Asset): string {
  return symbol ?? (isNative ? "ETH" : "units");
}

/** Shows an amount exactly, in the unit that reads best: `0.01 ETH`, `21,000 gwei`, `7 wei`. */
export function formatAmount(amount: bigint, asset: Asset): string {
  if (amount === 0n) return `0 ${unitOf(asset)}`;
  if (asset.isNative && amount < 10n ** 6n) return `${grouped(amount.toString())} wei`;
  if (asset.isNative && amount < 10n ** 14n) return `${grouped(formatUnits(amount, 9))} gwei`;
  return `${grouped(formatUnits(amount, asset.symbol === undefined && !asset.isNative ? 0 : asset.decimals))} ${unitOf(asset)}`;
}

/** So many digits tell amounts apart; the whole amount is never far away. */
const SHORT_DIGITS = 6;

/** Shortens what formatAmount says to its first digits, cut and not rounded up: `0.0166666… ETH`. */
export function shortAmount(amount: bigint, asset: Asset): string {
  const [number = "", unit = ""] = formatAmount(amount, asset).split(" ");
  const [whole = "", fraction = ""] = number.split(".");
  const leading = whole === "0" ? (/^0*/.exec(fraction)?.[0].length ?? 0) : 0;
  const kept = leading + Math.max(2, SHORT_DIGITS - (whole === "0" ? 0 : whole.length));
  return fraction.length > kept ? `${whole}.${fraction.slice(0, kept)}… ${unit}` : `${number} ${unit}`;
}

/** Reads an amount of whole units, such as `0.01`. @throws AMOUNT_INVALID */
export function parseAmount(text: string, asset: Asset): bigint {
  const [, , fraction = ""] = /^(\d{1,30})(?:\.(\d{1,36}))?$/.exec(text.trim()) ?? [undefined, undefined, "not an amount"];
  if (fraction.length <= asset.decimals && /^\d*$/.test(fraction)) return parseUnits(text.trim(), asset.decimals);
  throw new ParityError(
    "AMOUNT_INVALID",
    `${JSON.stringify(text.slice(0, 60))} is not an amount of ${unitOf(asset)} with at most ${asset.decimals} decimals.`,
    {
      hint: "Write it like 0.01.",
    },
  );
}

/** Puts commas between thousands. */
export function grouped(number: string): string {
  const [whole = "", fraction] = number.split(".");
  const spaced = whole.replace(/\B(?=(\d{3})+$)/g, ",");
  return fraction ? `${spaced}.${fraction}` : spaced;
}
