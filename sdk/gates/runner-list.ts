import { getAddress, isAddress } from "viem";
import { ParityError } from "../errors/index.ts";
import { identityOf } from "../protocol/identity.ts";
import type { Address, Hex } from "../protocol/types.ts";
import { type MerkleListEntry, merkleListBounds } from "./merkle-list.ts";

/** What is wrong with one place of a list. */
export interface RunnerListProblem {
  /** The line of a CSV, or the place in a JSON list; both count from 1. */
  at: number;
  what: string;
}

/** One runner as a text says it. */
interface Row {
  at: number;
  runner: string;
  identity: string | undefined;
}

const MOST_PROBLEMS_SHOWN = 10;

/**
 * Reads a list of runners that a person wrote, for buildMerkleList. CSV: `runner` or `runner,identity` a line, with or without a
 * heading; empty lines and those after # do not count. JSON: a list of addresses or of `{runner, identity}`, or the blob of a list.
 * An identity is 32 bytes in 0x-hex, or an address, which stands for the identity of that address: so several addresses share a slot.
 * @throws RUNNER_LIST_INVALID naming every line that is wrong
 * @example
 * const { root, listHash } = buildMerkleList(parseRunnerList("0x7099…79C8\n0x3C44…93BC,0x7099…79C8\n"));
 */
export function parseRunnerList(text: string): MerkleListEntry[] {
  if (text.length > merkleListBounds.bytes)
    throw new ParityError("RUNNER_LIST_INVALID", `The list has ${text.length} characters, more than ${merkleListBounds.bytes}.`);
  const isJson = /^\s*[[{]/.test(text);
  const rows = isJson ? rowsOfJson(text) : rowsOfCsv(text);
  if (rows.length === 0) throw new ParityError("RUNNER_LIST_INVALID", "The list names no runner.");
  if (rows.length > merkleListBounds.entries)
    throw new ParityError("RUNNER_LIST_INVALID", `The list names ${rows.length} runners, more than ${merkleListBounds.entries}.`);
  const place = isJson ? "Runner" : "Line";
  const problems: RunnerListProblem[] = [];
  const places = new Map<Address, number>();
  const entries = rows.flatMap((row) => {
    const read = readRow(row, places);
    if ("runner" in read) return [read];
    problems.push({ at: row.at, what: read.what });
    return [];
  });
  if (problems.length > 0) throw refusal(place, problems);
  return entries;
}

function rowsOfCsv(text: string): Row[] {
  const lines = text.replace(/^\uFEFF/, "").split(/\r\n|\n|\r/);
  const rows = lines.flatMap((line, i) => {
    const cells = line
      .split("#", 1)
      .join("")
      .split(/[,;\t]/)
      .map((cell) =>
        cell
          .trim()
          .replace(/^"(.*)"$/, "$1")
          .trim(),
      );
    const [runner = "", identity, ...more] = cells;
    if (cells.every((cell) => cell === "")) return [];
    // More than two cells are told as one identity that is none: a person sees what was read.
    return [{ at: i + 1, runner, identity: identity === "" && more.length === 0 ? undefined : cells.slice(1).join(",") || undefined }];
  });
  const [first, ...rest] = rows;
  return first && /^(runner|address)$/i.test(first.runner) ? rest : rows;
}

function rowsOfJson(text: string): Row[] {
  const value = parseJson(text);
  const list: unknown = Array.isArray(value) ? value : (value as { runners?: unknown }).runners;
  if (!Array.isArray(list))
    throw new ParityError("RUNNER_LIST_INVALID", "The list is JSON, but neither a list nor an object with a list `runners`.");
  return list.map((item: unknown, i) => {
    if (typeof item !== "object" || item === null) return { at: i + 1, runner: textOf(item), identity: undefined };
    const { runner, identity } = item as { runner?: unknown; identity?: unknown };
    return { at: i + 1, runner: textOf(runner), identity: identity === undefined ? undefined : textOf(identity) };
  });
}

function parseJson(text: string): object {
  try {
    return JSON.parse(text) as object;
  } catch (cause) {
    throw new ParityError("RUNNER_LIST_INVALID", `The list begins like JSON and is none: ${cause instanceof Error ? cause.message : ""}`, {
      cause,
    });
  }
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : (JSON.stringify(value) ?? "");
}

function readRow({ at, runner, identity }: Row, places: Map<Address, number>): Required<MerkleListEntry> | { what: string } {
  const problem = addressProblem(runner);
  if (problem) return { what: problem };
  const address = getAddress(runner.toLowerCase());
  const earlier = places.get(address);
  if (earlier !== undefined) return { what: `${address} is there already, at ${earlier}` };
  places.set(address, at);
  const read = identity === undefined ? identityOf(address) : readIdentity(identity);
  return typeof read === "string" ? { runner: address, identity: read } : read;
}

function readIdentity(text: string): Hex | { what: string } {
  if (/^0x[0-9a-fA-F]{64}$/.test(text)) {
    return BigInt(text) === 0n ? { what: "the identity is zero, which a gate uses to refuse" } : (text.toLowerCase() as Hex);
  }
  const problem = addressProblem(text);
  if (problem === undefined) return identityOf(getAddress(text.toLowerCase()));
  return { what: `${shown(text)} is no identity: 32 bytes in 0x-hex, or an address` };
}

/** Mixed case is a checksum: a digit that was mistyped would else admit somebody whom nobody knows. */
function addressProblem(text: string): string | undefined {
  if (!/^0x[0-9a-fA-F]{40}$/.test(text)) return `${shown(text)} is not an address: 0x and 40 hexadecimal digits`;
  const digits = text.slice(2);
  const hasChecksum = digits !== digits.toLowerCase() && digits !== digits.toUpperCase();
  return hasChecksum && !isAddress(text) ? `${text} is mistyped: its upper and lower case do not fit its digits` : undefined;
}

function shown(text: string): string {
  return JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}…` : text);
}

function refusal(place: string, problems: readonly RunnerListProblem[]): ParityError {
  const lines = problems.slice(0, MOST_PROBLEMS_SHOWN).map(({ at, what }) => `${place} ${at}: ${what}.`);
  const more = problems.length - lines.length;
  const message = [...lines, ...(more > 0 ? [`And ${more} more.`] : [])].join("\n");
  return new ParityError("RUNNER_LIST_INVALID", message, { details: { problems } });
}
