import { ParityError } from "@parity-protocol/sdk";

const nativeUnits: Readonly<Record<string, number>> = { wei: 0, gwei: 9, eth: 18 };

/**
 * Parses an amount with its unit, such as `0.01eth`, `5 gwei` or `100wei`, into wei.
 * @throws AMOUNT_INVALID
 */
export function parseAmount(text: string): bigint {
  const match = /^\s*(\d+)(?:\.(\d+))?\s*([A-Za-z]*)\s*$/.exec(text);
  if (!match || text.length > 100) throw invalid(text, "is not an amount");
  const [, whole = "", fraction = "", unit = ""] = match;
  if (unit === "") throw invalid(text, "has no unit");
  const decimals = nativeUnits[unit.toLowerCase()];
  if (decimals === undefined) throw invalid(text, `has the unknown unit '${unit}'`);
  if (fraction.length > decimals) throw invalid(text, "is finer than one wei");
  return BigInt(whole) * 10n ** BigInt(decimals) + BigInt(fraction.padEnd(decimals, "0") || "0");
}

/** Shows wei in the unit that reads best: `0.01 eth`, `21,000 gwei`, `7 wei`. Exact. */
export function formatAmount(wei: bigint): string {
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
  const fraction = digits.slice(-decimals).replace(/0+$/, "");
  return `${sign}${grouped(digits.slice(0, -decimals))}${fraction ? `.${fraction}` : ""}`;
}

function invalid(text: string, why: string): ParityError {
  return new ParityError("AMOUNT_INVALID", `'${text.slice(0, 100)}' ${why}.`);
}
