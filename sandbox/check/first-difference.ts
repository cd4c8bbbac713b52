import { textOf } from "./places.ts";

/** Where two versions of an output differ first, and what stands there, for a person to look at. */
export interface FirstDifference {
  /** "stdout" or a file's path; "exit" for how the job ended; "files" for which files there are. */
  in: string;
  kind: "text" | "json" | "binary" | "exit" | "files";
  /** "line 3, column 5", "$.built.at" or "offset 0x1f". */
  at: string;
  /** The first and the last byte that changed there, counted from 0. */
  bytes?: readonly [number, number];
  before: string;
  after: string;
}

const contextCharacters = 60;
const contextBytes = 16;
const mostJsonBytes = 1024 * 1024;

/** Finds the first difference of two versions of a content that are not equal. */
export function findFirstDifference(name: string, before: Uint8Array, after: Uint8Array): FirstDifference {
  const [left, right] = [textOf(before), textOf(after)];
  if (left === undefined || right === undefined) return binaryDifference(name, before, after);
  return jsonDifference(name, left, right) ?? textDifference(name, left, right);
}

function textDifference(name: string, left: string, right: string): FirstDifference {
  const first = firstIndex(left, right);
  const start = wordStart(left, first);
  const line = left.lastIndexOf("\n", first - 1) + 1;
  const before = wordAt(left, start);
  return {
    in: name,
    kind: "text",
    at: `line ${left.slice(0, line).split("\n").length}, column ${start - line + 1}`,
    bytes: [bytesIn(left.slice(0, start)), bytesIn(left.slice(0, start + Math.max(before.length, 1))) - 1],
    before: lineAround(left, line, start),
    after: lineAround(right, line, start),
  };
}

function firstIndex(left: string, right: string): number {
  let at = 0;
  while (at < left.length && left[at] === right[at]) at++;
  return at;
}

const isBetweenWords = (character: string | undefined) => character === undefined || /[\s,;="'{}()[\]<>|]/.test(character);

function wordStart(text: string, at: number): number {
  let start = at;
  while (start > 0 && !isBetweenWords(text[start - 1])) start--;
  return start;
}

function wordAt(text: string, start: number): string {
  let end = start;
  while (!isBetweenWords(text[end])) end++;
  return text.slice(start, end);
}

/** The line that a difference stands in, or the piece of it around the difference. */
function lineAround(text: string, line: number, at: number): string {
  const end = text.indexOf("\n", line);
  const whole = text.slice(line, end < 0 ? text.length : end);
  if (whole.length <= contextCharacters) return whole;
  const from = Math.max(0, Math.min(at - line - contextCharacters / 3, whole.length - contextCharacters));
  return `${from > 0 ? "…" : ""}${whole.slice(from, from + contextCharacters)}…`;
}

function bytesIn(text: string): number {
  return Buffer.byteLength(text);
}

function binaryDifference(name: string, before: Uint8Array, after: Uint8Array): FirstDifference {
  let first = 0;
  while (first < before.length && before[first] === after[first]) first++;
  let last = first;
  while (last + 1 < before.length && before[last + 1] !== after[last + 1]) last++;
  const from = first - (first % contextBytes);
  return {
    in: name,
    kind: "binary",
    at: `offset 0x${first.toString(16)}`,
    bytes: [first, last],
    before: hex(before, from),
    after: hex(after, from),
  };
}

function hex(bytes: Uint8Array, from: number): string {
  const shown = Buffer.from(bytes.subarray(from, from + contextBytes));
  return shown.length === 0 ? "(nothing)" : (shown.toString("hex").match(/../g) ?? []).join(" ");
}

function jsonDifference(name: string, left: string, right: string): FirstDifference | undefined {
  if (left.length > mostJsonBytes || right.length > mostJsonBytes) return undefined;
  const [before, after] = [parse(left), parse(right)];
  if (before === undefined || after === undefined) return undefined;
  const found = walk(before, after, "$");
  if (!found) return undefined; // the same value, written in two ways
  const { bytes } = textDifference(name, left, right);
  return { in: name, kind: "json", at: found.path, ...(bytes ? { bytes } : {}), before: short(found.before), after: short(found.after) };
}

/** A lone number or word is text like any other. */
function parse(text: string): object | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

interface JsonDifference {
  path: string;
  before: unknown;
  after: unknown;
}

function walk(before: unknown, after: unknown, path: string): JsonDifference | undefined {
  if (!isTree(before) || !isTree(after) || Array.isArray(before) !== Array.isArray(after))
    return Object.is(before, after) ? undefined : { path, before, after };
  for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) {
    const found = walk(before[key], after[key], Array.isArray(before) ? `${path}[${key}]` : `${path}.${key}`);
    if (found) return found;
  }
  return undefined;
}

function isTree(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

function short(value: unknown): string {
  const text = value === undefined ? "(nothing)" : JSON.stringify(value);
  return text.length <= contextCharacters ? text : `${text.slice(0, contextCharacters)}…`;
}
