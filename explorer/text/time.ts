const units = [
  ["d", 86_400],
  ["h", 3_600],
  ["min", 60],
  ["s", 1],
] as const;

/** Shows a length of time by its two largest units: `2 h 5 min`, `40 s`. */
export function formatDuration(seconds: number): string {
  let rest = Math.max(0, Math.round(seconds));
  const parts: string[] = [];
  for (const [name, size] of units) {
    const count = Math.floor(rest / size);
    rest -= count * size;
    if (count > 0) parts.push(`${count} ${name}`);
    else if (parts.length > 0) break;
    if (parts.length === 2) break;
  }
  return parts.join(" ") || "0 s";
}

/** Says how long ago something was: `3 min ago`. */
export function formatAgo(at: number, now: number): string {
  const seconds = now - at;
  if (seconds < 5) return "just now";
  const [name, size] = units.find(([, unit]) => seconds >= unit) ?? units[3];
  return `${Math.floor(seconds / size)} ${name} ago`;
}

/** A moment in the visitor's own time: `22 Nov 2026, 15:04:05`. */
export function formatMoment(at: number): string {
  return new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeStyle: "medium" }).format(new Date(at * 1_000));
}

/** The day of a moment, in UTC, so that it is everybody's same day: seconds since 1970. */
export function dayOf(at: number): number {
  return at - (at % 86_400);
}
