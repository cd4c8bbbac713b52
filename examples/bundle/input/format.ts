const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"] as const;

/** Names a month, 0 being January. */
export function monthName(month: number): string {
  return months[month] ?? "?";
}

/** Shows an amount of rain. */
export function inMillimetres(amount: number): string {
  return `${amount.toFixed(1)} mm`;
}

/** Not used by the page: a bundler leaves it out. */
export function inInches(amount: number): string {
  return `${(amount / 25.4).toFixed(2)} in`;
}
