import type { Cause, Verdict } from "@parity-protocol/sandbox";
import type { Paint } from "../terminal/colour.ts";
import { facts } from "../terminal/columns.ts";
import type { JsonRecord } from "../terminal/printer.ts";
import { safeText } from "../terminal/safe-text.ts";

const placeNames: Readonly<Record<Verdict["safeUnder"][number], string>> = {
  plain: "a plain container",
  "standard@1": "standard@1",
  "strict@1": "strict@1",
};

/** Shows a verdict to a person. */
export function verdictLines(verdict: Verdict, paint: Paint): string[] {
  return [
    headline(verdict, paint),
    ...verdict.causes.flatMap((cause) => causeLines(cause, paint)),
    "",
    ...facts([
      ["ended", endingText(verdict)],
      ["safe under", safeText(verdict.safeUnder.map((place) => placeNames[place]).join(", ") || "nothing that was tried")],
      ["tried", triedText(verdict)],
      ...(verdict.untried.length > 0 ? [["not tried", verdict.untried.join(", ")] as const] : []),
      ...verdict.hints.map((hint) => ["hint", safeText(hint)] as const),
    ]),
  ];
}

/** Gives a verdict for programs, with the fields of docs/determinism.md. */
export function verdictRecord(jobHash: string, verdict: Verdict): JsonRecord {
  return { jobHash, ...verdict };
}

/** Says in one sentence why a job is refused. */
export function refusalText({ level, causes, ending }: Verdict): string {
  if (causes.length === 0) return `At ${level}, a run of this job ends as ${ending.outcome}. ${ending.reason ?? ""}`.trim();
  return `At ${level}, runs of this job differ. ${causes
    .filter((cause) => isOpen(cause, level))
    .map(({ summary }) => summary)
    .join("\n")}`;
}

/** Says what a submitter whose job is refused can do. */
export function refusalHint({ safeUnder, causes, level }: Verdict): string {
  if (causes.length === 0) return "Raise that limit, or mend what the job does; --no-check posts it as it is.";
  const fixes = causes.filter((cause) => isOpen(cause, level)).map(({ fix }) => fix);
  const strict = safeUnder.includes("strict@1")
    ? ['or write "determinism": { "level": "strict@1" } into the job file, which holds it still']
    : [];
  return `${[...fixes, ...strict].join("; ")}. --no-check posts the job as it is.`;
}

/** Whether a cause makes a difference at a level. */
function isOpen({ cure }: Cause, level: Verdict["level"]): boolean {
  return cure !== level && cure !== "standard@1";
}

function headline({ isDeterministic, level, causes, ending }: Verdict, paint: Paint): string {
  if (ending.outcome !== "exited" && causes.length === 0)
    return paint("bad", `No output at ${level}: a run ends as ${ending.outcome}. ${safeText(ending.reason ?? "")}`);
  if (!isDeterministic) return paint("bad", `Not deterministic at ${level}: runners would get different outputs.`);
  const but = causes.length > 0 ? ", which holds still what it depends on" : "";
  return paint("good", `Deterministic at ${level}${but}.`);
}

function causeLines({ summary, fix, first, cure }: Cause, paint: Paint): string[] {
  return [
    "",
    safeText(summary),
    ...(first ? contextOf(first, paint) : []),
    `  ${paint("accent", "->")} ${fix}${cure === null ? "; no level cures it" : `; ${cure} holds it still`}`,
  ];
}

function contextOf(first: NonNullable<Cause["first"]>, paint: Paint): string[] {
  return [
    `  ${paint("faint", `${safeText(first.in)}, ${safeText(first.at)}`)}`,
    `    ${paint("bad", `- ${safeText(first.before)}`)}`,
    `    ${paint("good", `+ ${safeText(first.after)}`)}`,
  ];
}

function endingText({ ending }: Verdict): string {
  const how =
    ending.outcome === "exited" ? `exit code ${ending.exitCode}${ending.isExpected ? "" : ", not the expected one"}` : ending.outcome;
  return ending.reason === undefined ? how : `${how}: ${safeText(ending.reason)}`;
}

function triedText({ runs, durationMs, jobMs }: Verdict): string {
  const times = (durationMs / Math.max(jobMs, 1)).toFixed(1);
  return `${runs} runs in ${(durationMs / 1_000).toFixed(1)} s, ${times} times as long as one`;
}
