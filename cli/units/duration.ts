import { ParityError } from "@parity-protocol/sdk";

const secondsOf: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3_600, d: 86_400 };
const LONGEST_SECONDS = 10 * 365 * 86_400;

/**
 * Parses a duration with its units, such as `90s`, `10m`, `1h30m` or `2d`, into seconds.
 * @throws DURATION_INVALID
 */
export function parseDuration(text: string): number {
  const compact = text.replaceAll(" ", "");
  if (compact.length > 40 || !/^(\d+[smhd])+$/.test(compact)) throw invalid(text, "is not a duration");
  const parts = [...compact.matchAll(/(\d+)([smhd])/g)];
  const seconds = parts.reduce((sum, [, count, unit]) => sum + Number(count) * (secondsOf[unit ?? ""] ?? 0), 0);
  if (seconds > LONGEST_SECONDS) throw invalid(text, "is longer than ten years");
  return seconds;
}

/** Shows seconds as `45s`, `10m`, `1h 30m` or `2d 4h`: the two largest units. */
export function formatDuration(seconds: number): string {
  let rest = Math.max(0, Math.round(seconds));
  const parts: string[] = [];
  for (const unit of ["d", "h", "m", "s"]) {
    const size = secondsOf[unit] ?? 1;
    if (rest >= size) parts.push(`${Math.floor(rest / size)}${unit}`);
    rest %= size;
  }
  return parts.slice(0, 2).join(" ") || "0s";
}

function invalid(text: string, why: string): ParityError {
  return new ParityError("DURATION_INVALID", `'${text.slice(0, 40)}' ${why}.`);
}
