import { isTerminal, type Phase, revealsFrom, revealsUntil } from "@parity-protocol/sdk";
import type { Entry } from "../ledger/book.ts";

/** One stretch of a task's life. */
export interface Stage {
  name: "Open" | "Sealed" | "Revealing" | "Accepted" | "Void" | "Dead" | "Closed";
  /** Unix seconds. */
  from: number;
  /** Unix seconds; the end has none. */
  until?: number;
  standing: "over" | "now" | "ahead";
  /** Things that happened in it, for the marks on the line. */
  marks: readonly Mark[];
}

/** Something that happened, and when. */
export interface Mark {
  kind: "committed" | "revealed" | "decided";
  at: number;
}

const kinds = { ResultCommitted: "committed", ResultRevealed: "revealed", TaskDecided: "decided" } as const;

const endNames = { ACCEPTED: "Accepted", VOID: "Void", DEAD: "Dead" } as const;

/** Lays a task's life out: the stretches that are over or due, and how it ended or will. */
export function stagesOf(entry: Entry, phase: Phase): Stage[] {
  const { state, postedAt } = entry;
  const marks = marksOf(entry);
  const closed = closedAt(entry, phase);
  const spans: [Stage["name"], Phase, number, number][] = [["Open", "OPEN", postedAt, state.closesAt]];
  if (phase !== "DEAD") {
    if (state.revealDelaySeconds > 0) spans.push(["Sealed", "SEALED", state.closesAt, revealsFrom(state)]);
    spans.push(["Revealing", "REVEALING", revealsFrom(state), closed ?? revealsUntil(state)]);
  }
  const at = spans.findIndex(([, own]) => own === phase);
  const stages = spans.map(([name, , from, until], i): Stage => {
    const standing = isTerminal(phase) || i < at ? "over" : i === at ? "now" : "ahead";
    return { name, from, until, standing, marks: marks.filter((mark) => isIn(mark, { name, from, until })) };
  });
  const end = isTerminal(phase) ? endNames[phase] : "Closed";
  return [...stages, { name: end, from: closed ?? revealsUntil(state), standing: isTerminal(phase) ? "now" : "ahead", marks: [] }];
}

/** When a task came to its end: with the last commitment's reveal, or when its time was over. */
function closedAt({ state, events }: Entry, phase: Phase): number | undefined {
  if (!isTerminal(phase)) return undefined;
  if (phase === "DEAD") return state.closesAt;
  const reveals = events.filter(({ name }) => name === "ResultRevealed");
  return reveals.length === state.committed ? (reveals.at(-1)?.blockTime ?? revealsUntil(state)) : revealsUntil(state);
}

function marksOf({ events }: Entry): Mark[] {
  return events.flatMap(({ name, blockTime = 0 }) => (name in kinds ? [{ kind: kinds[name as keyof typeof kinds], at: blockTime }] : []));
}

function isIn({ kind, at }: Mark, { name, from, until }: { name: Stage["name"]; from: number; until: number }): boolean {
  if (kind === "committed") return name === "Open";
  return name === "Revealing" && at >= from && at <= until;
}
