/** Shortens a hash or an address so that both ends can be compared. */
export function shortHex(hex: string, digits = 4): string {
  const body = hex.startsWith("0x") ? 2 : 0;
  return hex.length <= body + 2 * digits + 1 ? hex : `${hex.slice(0, body + digits)}…${hex.slice(-digits)}`;
}
