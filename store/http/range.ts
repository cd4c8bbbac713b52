/** A part of a blob: the first and the last byte, both inclusive. */
export interface ByteRange {
  first: number;
  last: number;
}

/**
 * Reads a Range header (RFC 9110, 14.2) for a blob of `bytes`. Gives nothing where the whole blob is to be sent (no header, another
 * unit, several ranges, which may be ignored), and "beyond" where the range holds no byte of the blob.
 */
export function rangeOf(header: string | undefined, bytes: number): ByteRange | "beyond" | undefined {
  const [, from, to] = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header?.trim() ?? "") ?? [];
  if (from === undefined || to === undefined || (from === "" && to === "")) return undefined;
  if (from === "") {
    const suffix = Math.min(Number(to), bytes);
    return suffix === 0 ? "beyond" : { first: bytes - suffix, last: bytes - 1 };
  }
  const [first, last] = [Number(from), to === "" ? bytes - 1 : Math.min(Number(to), bytes - 1)];
  if (to !== "" && Number(to) < first) return undefined;
  return first >= bytes ? "beyond" : { first, last };
}
