import canonicalize from "canonicalize";

/** Encodes a JSON value as canonical JSON (RFC 8785), UTF-8. */
export function encodeCanonicalJson(value: unknown): Uint8Array {
  const text = canonicalize(value);
  if (text === undefined) throw new TypeError("not a JSON value");
  return new TextEncoder().encode(text);
}
