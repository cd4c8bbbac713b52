import type { Phase, Standing } from "@parity-protocol/sdk";
import type { Paint, Tone } from "../terminal/colour.ts";
import { columns, facts } from "../terminal/columns.ts";
import type { JsonRecord } from "../terminal/printer.ts";
import { safeText } from "../terminal/safe-text.ts";
import { formatAmount } from "../units/amount.ts";
import { type Currency, nativeCurrency } from "../units/currency.ts";
import { formatDuration } from "../units/duration.ts";
import { shortHex } from "./find-task.ts";
import type { SlotReport, TaskReport } from "./task-report.ts";

const phaseTones: Readonly<Record<Phase, Tone>> = {
  NONE: "faint",
  OPEN: "accent",
  SEALED: "accent",
  REVEALING: "accent",
  ACCEPTED: "good",
  VOID: "bad",
  DEAD: "bad",
};

const standingTones: Readonly<Partial<Record<Standing, Tone>>> = { matched: "good", mismatched: "bad", "no-show": "bad" };

/** Colours a phase by what it means for the submitter. */
export function paintPhase(phase: Phase, paint: Paint): string {
  return paint(phaseTones[phase], phase);
}

/** How a task is shown. */
export interface Showing {
  paint: Paint;
  /** The chain's own unless told. */
  currency?: Currency;
}

/** Shows a task for people. */
export function taskLines(report: TaskReport, { paint, currency = nativeCurrency }: Showing): string[] {
  const { task, state, phase } = report;
  return [
    `${paint("strong", "Task")} ${task.taskId}`,
    ...facts([
      ["phase", `${paintPhase(phase, paint)}${meaningOf(report)}`],
      ["result", resultText(report, paint)],
      [
        "bounty",
        `${formatAmount(task.terms.bountyWei, currency)}, shared by those who agree; ${task.terms.quorum} of ${task.terms.slots} must${bondText(report, currency)}`,
      ],
      ["runners", `${state.reserved} reserved, ${state.committed} committed; ${gateText(report)}`],
      ["submitter", `${task.submitter} in block ${task.blockNumber}`],
      ["job", `${task.terms.jobHash}${task.location ? ` at ${safeText(task.location, 256)}` : ""}`],
    ]),
    ...(report.slots.length > 0 ? ["", ...slotLines(report.slots, { paint, currency })] : []),
  ];
}

/** Gives a task's facts for programs. */
export function taskRecord(report: TaskReport): JsonRecord {
  const { task, state, phase, result, slots, ...rest } = report;
  const { taskId, submitter, terms, location, blockNumber } = task;
  return {
    taskId,
    phase,
    ...result,
    ...rest,
    submitter,
    location,
    blockNumber,
    terms,
    reserved: state.reserved,
    committed: state.committed,
    slots,
  };
}

function meaningOf({ phase, phaseEndsInSeconds, state }: TaskReport): string {
  const left = phaseEndsInSeconds === undefined ? "" : formatDuration(phaseEndsInSeconds);
  const meanings: Readonly<Record<Phase, string>> = {
    NONE: "",
    OPEN: `: runners may commit for ${left}`,
    SEALED: `: commitments are final, reveals begin in ${left}`,
    REVEALING: `: runners may reveal for ${left}`,
    ACCEPTED: `: ${state.leadingVotes} runners agreed`,
    VOID: ": no quorum agreed; the bounty goes back to the submitter",
    DEAD: ": too few runners committed; the bounty goes back to the submitter",
  };
  return meanings[phase];
}

function resultText({ result }: TaskReport, paint: Paint): string {
  return result.isDecided ? paint("good", result.outputHash) : "not decided";
}

function bondText({ task }: TaskReport, currency: Currency): string {
  return task.terms.bondWei > 0n ? `; bond ${formatAmount(task.terms.bondWei, currency)} a slot` : "";
}

/** Says who could take a slot in a task, and what its result is worth where that was anyone. */
export function gateText({ task, isOpenToAnyone }: TaskReport): string {
  return isOpenToAnyone ? "open to anyone, so the result proves nothing by itself" : `admitted by gate ${task.terms.gate}`;
}

function slotLines(slots: readonly SlotReport[], showing: Required<Showing>): string[] {
  const head = ["slot", "runner", "standing", "output", "paid", "strikes"].map((name) => showing.paint("faint", name));
  return columns([head, ...slots.map((slot) => slotCells(slot, showing))]).map((line) => `  ${line}`);
}

function slotCells(slot: SlotReport, { paint, currency }: Required<Showing>): string[] {
  const tone = standingTones[slot.standing];
  return [
    String(slot.slot),
    slot.runner ?? shortHex(slot.identity, 40),
    tone ? paint(tone, slot.standing) : slot.standing,
    slot.opening ? shortHex(slot.opening.outputHash) : "-",
    slot.claimed ? formatAmount(slot.claimed.shareWei + slot.claimed.bondWei, currency) : "-",
    slot.strikesInScope > 0 ? paint("bad", String(slot.strikesInScope)) : "0",
  ];
}
