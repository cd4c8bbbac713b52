import { ParityError } from "../errors/index.ts";

/** What a location hint may hold: 256 bytes in `TaskPosted`, and no more stores than fit into them sensibly. */
export const locationBounds = { bytes: 256, urls: 8 } as const;

/**
 * Normalises the base URL of a store: http or https, no credentials, no query; without a trailing slash.
 * @throws STORE_URL_INVALID
 */
export function parseStoreUrl(text: string): string {
  const shown = JSON.stringify(text.replace(/\/\/[^/\s]*@/, "//…@").slice(0, locationBounds.bytes));
  const refuse = (why: string) => new ParityError("STORE_URL_INVALID", `${shown} is not a store's address: ${why}.`);
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    throw refuse("it is not a URL");
  }
  if (url.protocol !== "http:" && url.protocol !== "https:") throw refuse(`it begins with ${url.protocol}, not http: or https:`);
  if (url.username !== "" || url.password !== "") throw refuse("it contains credentials");
  if (url.search !== "" || url.hash !== "") throw refuse("it contains a query or a fragment");
  return url.href.replace(/\/+$/, "");
}

/**
 * Splits a location hint into the base URLs of stores, normalised and without duplicates. The hint was written by anyone: what it
 * names is only another place to ask, and whoever fetches from inside a network decides which hosts it may name.
 * @throws LOCATION_INVALID for more than 256 bytes, more than 8 URLs, or a word that is not a store's URL
 */
export function parseLocation(location: string): string[] {
  const bytes = new TextEncoder().encode(location).length;
  if (bytes > locationBounds.bytes)
    throw new ParityError("LOCATION_INVALID", `The location has ${bytes} bytes, more than ${locationBounds.bytes}.`);
  const words = location.split(/\s+/).filter((word) => word !== "");
  if (words.length > locationBounds.urls)
    throw new ParityError("LOCATION_INVALID", `The location names ${words.length} stores, more than ${locationBounds.urls}.`);
  return [...new Set(words.map(parseWord))];
}

function parseWord(word: string): string {
  try {
    return parseStoreUrl(word);
  } catch (cause) {
    throw new ParityError("LOCATION_INVALID", `The location is invalid: ${cause instanceof Error ? cause.message : "not a URL"}`, {
      cause,
    });
  }
}
