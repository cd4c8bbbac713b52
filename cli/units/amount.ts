import { ParityError } from "@parity-protocol/sdk";
import { type Currency, exampleOf, nativeCurrency } from "./currency.ts";

/**
 * Parses an amount with its unit, such as `0.01eth`, `5 gwei` or `5usdc`, into wei, or into the smallest unit of a token.
 * @throws AMOUNT_INVALID
 */
export function parseAmount(text: string, currency: Currency = nativeCurrency): bigint {
  const match = /^\s*(\d+)(?:\.(\d+))?\s*([A-Za-z][\w.-]*)?\s*$/.exec(text);
  if (!match || text.length > 100) throw invalid(text, "is not an amount");
  const [, whole = "", fraction = "", unit = ""] = match;
  if (unit === "") throw invalid(text, "has no unit", currency);
  const decimals = Object.hasOwn(currency.units, unit.toLowerCase()) ? currency.units[unit.toLowerCase()] : undefined;
  if (decimals === undefined) throw invalid(text, `has the unknown unit '${unit}'`, currency);
  if (fraction.length > decimals) throw invalid(text, `is finer than one ${currency.smallest}`);
  return BigInt(whole) * 10n ** BigInt(decimals) + BigInt(fraction.padEnd(decimals, "0") || "0");
}

/** Shows an amount in the unit that reads best: `0.01 eth`, `21,000 gwei`, `7 wei`, `5 USDC`. Exact. */
export function formatAmount(wei: bigint, currency: Currency = nativeCurrency): string {
  if (currency.token) return `${decimal(wei, currency.decimals)} ${currency.name}`;
  const size = wei < 0n ? -wei : wei;
  if (size === 0n) return "0 eth";
  if (size < 10n ** 6n) return `${grouped(wei.toString())} wei`;
  if (size < 10n ** 12n) return `${decimal(wei, 9)} gwei`;
  return `${decimal(wei, 18)} eth`;
}

/** Shows wei as eth with a fixed number of decimals, rounded down; for columns where exactness stands elsewhere. */
export function formatEth(wei: bigint, decimals: number): string {
  const sign = wei < 0n ? "-" : "";
  const size = wei < 0n ? -wei : wei;
  const scaled = size / 10n ** BigInt(18 - decimals);
  const digits = scaled.toString().padStart(decimals + 1, "0");
  return `${sign}${digits.slice(0, -decimals)}.${digits.slice(-decimals)}`;
}

/** Groups the digits of a whole number by thousands. */
export function grouped(digits: string | number | bigint): string {
  return String(digits).replace(/\B(?=(\d{3})+(?!\d))/g, ",");
}

function decimal(wei: bigint, decimals: number): string {
  const sign = wei < 0n ? "-" : "";
  const digits = (wei < 0n ? -wei : wei).toString().padStart(decimals + 1, "0");
  if (decimals === 0) return `${sign}${grouped(digits)}`;
  const fraction = digits.slice(-decimals).replace(/0+$/, "");
  return `${sign}${grouped(digits.slice(0, -decimals))}${fraction ? `.${fraction}` : ""}`;
}

function invalid(text: string, why: string, currency?: Currency): ParityError {
  const hint = currency?.token && `This escrow pays in ${currency.name}; its amounts are written like ${exampleOf(currency)}.`;
  return new ParityError("AMOUNT_INVALID", `'${text.slice(0, 100)}' ${why}.`, hint ? { hint } : {});
}
