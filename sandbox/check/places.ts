/** Where in an output something differs: "stdout#4" is the fifth word of stdout, "a.tar@32" the block of a binary file that begins there. */
export type Places = ReadonlySet<string>;

/** One of the parts of an output. */
export interface Content {
  /** "stdout", or the path of a file. */
  name: string;
  bytes: Uint8Array;
}

const blockBytes = 16;
/** Beyond so many, the whole content counts as one place. */
const mostPlaces = 5_000;

/** Stands for all of a content: its words cannot be compared one by one. */
export function wholeOf(name: string): string {
  return `${name}#`;
}

/** Lists the places in which two versions of a content differ. */
export function placesOf(name: string, before: Uint8Array, after: Uint8Array): string[] {
  const [left, right] = [wordsOf(before), wordsOf(after)];
  const found = left && right ? wordPlaces(name, left, right) : blockPlaces(name, before, after);
  return found && found.length <= mostPlaces ? found : [wholeOf(name)];
}

/** Says whether everything in `places` is also in one of the others. */
export function isCovered(places: Places, others: readonly Places[]): boolean {
  return [...places].every((place) => others.some((other) => other.has(place) || other.has(wholeOf(place.replace(/[#@]\d*$/, "")))));
}

/** Returns text as text: UTF-8 without control characters; nothing for other bytes. */
export function textOf(bytes: Uint8Array): string | undefined {
  try {
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    return /(?!\s)\p{Cc}/u.test(text) ? undefined : text;
  } catch {
    return undefined;
  }
}

function wordsOf(bytes: Uint8Array): string[] | undefined {
  return textOf(bytes)?.split(/[\s,;="'{}()[\]<>|]+/);
}

/** Words correspond only where both have as many. */
function wordPlaces(name: string, left: readonly string[], right: readonly string[]): string[] | undefined {
  if (left.length !== right.length) return undefined;
  const found = left.flatMap((word, i) => (word === right[i] ? [] : [`${name}#${i}`]));
  return found.length === 0 ? undefined : found; // only what lies between the words differs
}

function blockPlaces(name: string, before: Uint8Array, after: Uint8Array): string[] | undefined {
  if (before.length !== after.length) return undefined;
  const found: string[] = [];
  for (let at = 0; at < before.length && found.length <= mostPlaces; at += blockBytes) {
    const isSame = Buffer.compare(before.subarray(at, at + blockBytes), after.subarray(at, at + blockBytes)) === 0;
    if (!isSame) found.push(`${name}@${at}`);
  }
  return found;
}
